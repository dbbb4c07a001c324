"""The command line. Imports only what the chosen command needs.

Exit codes: 0 answered, 1 a tool was refused or failed, 2 usage or unreadable file, 3 no speech heard, 4 engine or turn
failed, or `doctor` found what needs mending; 128 and its number for a signal that ended it, 141 when nobody reads the
output any more.
"""

import time

STARTED = time.monotonic()

import argparse  # noqa: E402  the clock starts before anything else is imported
import sys  # noqa: E402
from collections.abc import Callable, Coroutine, Iterable, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from voicegui.core.errors import VoiceError, with_command  # noqa: E402
from voicegui.core.text.sanitiser import one_line  # noqa: E402

if TYPE_CHECKING:
    from voicegui.app.composition import LoadedProgram
    from voicegui.providers.engine_entry import EngineEntry

_STAGES = {
    "stt": "who hears (speech to text)", "llm": "who thinks (language model)", "tts": "who speaks (text to speech)",
}  # fmt: skip
_FOR_THIS_RUN = (*_STAGES, *(f"{stage}_url" for stage in _STAGES))


def main(argv: Sequence[str] | None = None, providers: "Iterable[EngineEntry]" = ()) -> int:
    """`providers`: engines beside those of the registry, for programs that bring their own."""
    from voicegui.terminal.output import safe_output
    from voicegui.terminal.shutdown import have_standard_streams

    have_standard_streams()
    with safe_output():
        return _main(_parser().parse_args(argv), providers)


def _main(options: argparse.Namespace, providers: "Iterable[EngineEntry]") -> int:
    from voicegui.app.composition import load_program
    from voicegui.terminal.shutdown import unwritten

    try:
        overrides = {name: value for name in _FOR_THIS_RUN if (value := getattr(options, name))}
        program = load_program(options.profile, overrides, providers)
        for problem in (*program.problems, *_start_log(program)):
            print(one_line(str(problem)), file=sys.stderr)
        code: int = _COMMANDS[options.command](program, options)
        sys.stdout.flush()
        return code
    except VoiceError as error:
        return _report(error, options)
    except OSError as error:
        return unwritten(error)
    except KeyboardInterrupt:
        return 130


def _start_log(program: "LoadedProgram") -> list[str]:
    """Sentences about what hinders it; a folder where nothing can be kept has its own."""
    from voicegui.storage.log import start_log, start_without_log

    if not program.profile.problem:
        try:
            start_log(program.profile.log_file)
            return []
        except OSError:
            start_without_log()
            return [f"There is no log: {program.profile.log_file} cannot be written."]
    start_without_log()
    return []


def _report(error: VoiceError, options: argparse.Namespace) -> int:
    from voicegui.terminal.shutdown import complain, exit_code, unwritten

    complain(with_command(error))
    if getattr(options, "json", False):
        told = getattr(options, "journal", None)
        try:
            if told is None or not told.told(error):  # whose stream is closed by now
                _journal(options).error(error)
        except OSError as lost:
            unwritten(lost)
    return exit_code(error.code)


# ---------------------------------------------------------------- commands


def _window(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.app.desktop import run_window

    return run_window(program, STARTED)


def _ask(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal.ask import AskRequest, ask

    question = AskRequest(options.question, options.text or "", options.save, options.timeline, options.wait)
    return _run_for_output(lambda: ask(program, question, _journal(options)))


def _talk(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal.talk import talk

    return _run_for_output(lambda: talk(program, _journal(options)))


def _say(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal.say import SayRequest, say

    text = None if options.spoken_text == "-" else options.spoken_text
    return _run(say(program, SayRequest(text, options.save, options.print)))


def _devices(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal import devices

    return _run(devices.show_devices())


def _models(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal import models

    return (
        models.show_models(program.profile)
        if options.action == "list"
        else _run(models.get(program.profile, options.name))
    )


def _tools(program: "LoadedProgram", options: argparse.Namespace) -> int:
    if options.action == "list":
        from voicegui.terminal import tools

        return _run(tools.show_tools(program))
    from voicegui.terminal.tools import Wanted, call, stated_now

    now = stated_now(options.now, has_profile=options.profile is not None)
    return _run_for_output(lambda: call(program, Wanted(options.name, options.arguments, options.yes, now)))


def _serve(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.app.serve import ServeRequest
    from voicegui.server.listening import Address
    from voicegui.terminal.serve import serve_conversations

    address = Address(options.host, options.port, options.certificate, options.private_key)
    request = ServeRequest(
        address, options.key_file, options.allow_host, options.allow_origin, options.allow_tool, options.lan
    )
    return _run(serve_conversations(program, request, show_key=options.show_key))


def _doctor(program: "LoadedProgram", options: argparse.Namespace) -> int:
    from voicegui.terminal.doctor import examine

    return _run(examine(program))


_COMMANDS = {
    None: _window,
    "ask": _ask,
    "talk": _talk,
    "say": _say,
    "devices": _devices,
    "models": _models,
    "tools": _tools,
    "serve": _serve,
    "doctor": _doctor,
}


def _run(work: Coroutine[Any, Any, int]) -> int:
    from voicegui.terminal.shutdown import Shutdown

    return Shutdown().run(work)


def _run_for_output(begin: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """`begin` is called when standard output is kept for what the program itself prints."""
    from voicegui.terminal.output import safe_output
    from voicegui.terminal.shutdown import Shutdown
    from voicegui.tools.execution import stdout_for_program

    ending = Shutdown()
    with stdout_for_program(ending.lost), safe_output():
        code = ending.run(begin())
    return ending.code(code)


def _journal(options: argparse.Namespace) -> Any:
    """Kept in the options: it knows what was told."""
    from voicegui.terminal.json_events import Journal

    options.journal = Journal(sys.stdout, STARTED) if options.json else None
    return options.journal


# ---------------------------------------------------------------- arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("voicegui", description="Talk with your computer. Without a command: the window.")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="folder of settings, history and logs")
    for stage, what in _STAGES.items():
        parser.add_argument(f"--{stage}", default="", metavar="PROVIDER[:MODEL]", help=what)
        parser.add_argument(
            f"--{stage}-url", default="", metavar="URL", help=f"its server, such as http://localhost:1234/v1 ({what})"
        )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--profile", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    for stage in _STAGES:
        shared.add_argument(f"--{stage}", metavar="PROVIDER[:MODEL]", help=argparse.SUPPRESS)
        shared.add_argument(f"--{stage}-url", metavar="URL", help=argparse.SUPPRESS)
    _add_ask(commands.add_parser("ask", parents=[shared], help="one turn in the terminal, without a sound device"))
    talking = commands.add_parser("talk", parents=[shared], help="hands-free in the terminal until Ctrl-C")
    talking.add_argument("--json", action="store_true", help="one event a line")
    saying = commands.add_parser("say", parents=[shared], help="speak a text as a reply would be spoken")
    saying.add_argument("spoken_text", nargs="?", default="-", metavar="TEXT", help="-, or none: standard input")
    saying.add_argument("--save", type=Path, metavar="SPEECH.wav", help="write the sound instead of playing it")
    saying.add_argument("--print", action="store_true", help="what the voice gets, a piece a line; says nothing")
    commands.add_parser("devices", parents=[shared], help="microphones and speakers")
    models = commands.add_parser("models", parents=[shared], help="local models").add_subparsers(
        dest="action", required=True, metavar="list|get"
    )
    models.add_parser("list", help="what there is, what is here, what suits this machine")
    models.add_parser("get", help="download and verify").add_argument("name", metavar="NAME")
    tools = commands.add_parser("tools", parents=[shared], help="what it can do besides talk").add_subparsers(
        dest="action", required=True, metavar="list|call"
    )
    tools.add_parser("list", help="tools, their permissions and who brought them")
    _add_call(tools.add_parser("call", parents=[shared], help="run one tool with its permission, and see what it says"))
    _add_serve(commands.add_parser("serve", parents=[shared], help="conversations for other programs, over a socket"))
    commands.add_parser("doctor", parents=[shared], help="what works here, what does not and how to mend it")
    return parser


def _add_ask(parser: argparse.ArgumentParser) -> None:
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", type=Path, metavar="QUESTION.wav", help="a microphone in real time")
    asked.add_argument("--text", type=_question, help="a typed question")
    parser.add_argument("--save", type=Path, metavar="ANSWER.wav", help="the spoken answer")
    parser.add_argument("--timeline", type=Path, metavar="T.wav", help="stereo: left the microphone, right the speaker")
    parser.add_argument("--json", action="store_true", help="one event a line")
    parser.add_argument("--wait", type=_seconds, default=0.0, metavar="SECONDS", help="stay for what is due by then")


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8990, help="the port (8990; 0: any that is free)")
    parser.add_argument("--show-key", action="store_true", help="print the key that clients need, and end")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="has the key, where there is no keyring")
    parser.add_argument("--allow-tool", action="append", default=[], metavar="NAME", help="clients may use this tool")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="the server's name in the net"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="a page that may ask: https://example.org"
    )
    parser.add_argument("--lan", action="store_true", help="let other machines in; needs a certificate")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="for TLS, as PEM")
    parser.add_argument("--private-key", type=Path, metavar="FILE", help="of the certificate, as PEM")


def _add_call(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as voicegui tools list tells it")
    parser.add_argument("--arguments", default="{}", metavar="JSON", help='an object, such as {"place": "Lisbon"}')
    parser.add_argument("--yes", action="store_true", help="say yes to a call that asks")
    parser.add_argument(
        "--now", default="", metavar="TIME", help="the clock that tools see, such as 2026-11-27T22:00:00+01:00"
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"“{one_line(text)}” is no number of seconds, such as 10")
    return seconds


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) < 65536):
        raise argparse.ArgumentTypeError(f"“{one_line(text)}” is no port: 1 to 65535")
    return int(text)


def _question(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("there is no question in it")
    return text


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.freeze_support()
    sys.exit(main())
