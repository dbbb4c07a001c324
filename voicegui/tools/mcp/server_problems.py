"""What goes wrong with a server, said for a person and for a model."""

from collections.abc import Iterator

import httpx2
from mcp import MCPError
from mcp_types import CONNECTION_CLOSED, INVALID_REQUEST, PARSE_ERROR
from pydantic import ValidationError

from voicegui.core.errors import VoiceError
from voicegui.core.text.sanitiser import quoted
from voicegui.core.tools import ToolOutcome
from voicegui.core.wording import Sentence, sentence, sentence_plural

from .configuration import LocalServer, ServerConfiguration

_LONGEST_QUOTE = 300


ENDED = sentence("It ended by itself. Its log may say why.")
REMOVED = sentence("It was removed.")
SLOW = sentence("It is still starting. The first time this can take minutes: what it needs may have to be downloaded.")


def too_slow(seconds: float) -> Sentence:
    return sentence_plural(
        "It did not start within {seconds} seconds.",
        "It did not start within {seconds} seconds.",
        round(seconds),
        seconds=f"{seconds:g}",
    )


def stopped(seconds: float) -> ToolOutcome:
    plural = "" if seconds == 1 else "s"
    return ToolOutcome(f"It was stopped: it did not end within {seconds:g} second{plural}.", ok=False)


def session_problem(error: Exception, configuration: ServerConfiguration, status: int, *, started: bool) -> Sentence:
    """Why a server does not run. `status`: of HTTP, 0 if it refused nothing. `started`: it had listed its tools."""
    causes = list(_causes(error))
    if status in (401, 403):
        return sentence("It does not let this program in. Put what it asks for, such as a key, into its headers.")
    if status == 404:
        return sentence("There is no MCP server at its address.")
    if status >= 400:
        return sentence("It answered with error {status}.", status=status)
    for cause in causes:
        if isinstance(cause, VoiceError):  # its proxy cannot be used
            return cause.whole
    if any(isinstance(cause, httpx2.TransportError) for cause in causes):
        return sentence("It cannot be reached. Check its address and whether it runs.")
    for cause in causes:
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
            return _not_started(cause, configuration)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return sentence("It did not list its tools in time.")
    if any(isinstance(cause, MCPError) and cause.code == CONNECTION_CLOSED for cause in causes):
        return ENDED if started else sentence("It ended while it was being started. Its log may say why.")
    return sentence("It does not speak MCP as it should. Its log may say more.")


def kinds_of_causes(error: BaseException) -> str:
    """For the log: kinds, no messages, which may quote what a server wrote or where it is."""
    return ", ".join(type(cause).__name__ for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error


def _not_started(error: OSError, configuration: ServerConfiguration) -> Sentence:
    program = configuration.reach
    if isinstance(error, FileNotFoundError | NotADirectoryError) and isinstance(program, LocalServer):
        if program.folder and error.filename == program.folder:
            return sentence("The folder it should run in (cwd) does not exist.")
        if " " in program.command:
            return sentence("Its program was not found. “command” is the program alone; the rest belongs into “args”.")
        if "/" not in program.command and "\\" not in program.command:
            return sentence("Its program was not found. Install it, or put its whole path into “command”.")
        return sentence("Its program was not found. Check “command”, and whether it is installed.")
    if isinstance(error, PermissionError):
        return sentence("Its program may not be run. Check “command”.")
    return sentence("Its program could not be started.")


def is_session_lost(error: MCPError) -> bool:
    """The server has forgotten us, and so has done nothing: a restarted one over HTTP."""
    return error.code == INVALID_REQUEST and error.message == "Session terminated"


def failed_call(server: str, error: MCPError | ValidationError | VoiceError) -> ToolOutcome:
    """What the model is told."""
    name = f"The MCP server {quoted(server, 60)}"
    if isinstance(error, VoiceError):
        return ToolOutcome(f"{name} does not work: {error.written}", ok=False)
    if isinstance(error, ValidationError):
        return ToolOutcome(f"{name} answered something that cannot be understood.", ok=False)
    if error.code == CONNECTION_CLOSED:
        text = f"The connection to the MCP server {quoted(server, 60)} was lost. Whether it did it is not known."
        return ToolOutcome(text, ok=False)
    if error.code == PARSE_ERROR:
        return ToolOutcome(f"{name} answered something too long, or that cannot be understood.", ok=False)
    return ToolOutcome(f"{name} refused: {quoted(error.message, _LONGEST_QUOTE)}", ok=False)
