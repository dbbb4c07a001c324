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
from typing import TYPE_CHECKING, Any  # noqa: E402

from voicegui.core.errors import VoiceError, with_command  # noqa: E402
from voicegui.core.text.sanitiser import one_line  # noqa: E402
from voicegui.core.wording import shown  # noqa: E402

if TYPE_CHECKING:
    from voicegui.app.composition import LoadedProgram
    from voicegui.providers.engine_entry import EngineEntry


def main(argv: Sequence[str] | None = None, providers: "Iterable[EngineEntry]" = ()) -> int:
    """`providers`: engines beside those of the registry, for programs that bring their own."""
    from voicegui.terminal.arguments import command_line
    from voicegui.terminal.output import safe_output
    from voicegui.terminal.shutdown import have_standard_streams

    have_standard_streams()
    with safe_output():
        return _main(command_line().parse_args(argv), providers)


def _main(options: argparse.Namespace, providers: "Iterable[EngineEntry]") -> int:
    from voicegui.app.composition import load_program
    from voicegui.terminal.arguments import FOR_THIS_RUN
    from voicegui.terminal.shutdown import unwritten

    try:
        overrides = {name: value for name in FOR_THIS_RUN if (value := getattr(options, name))}
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
            return [shown("There is no log: {file} cannot be written.", file=program.profile.log_file)]
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


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.freeze_support()
    sys.exit(main())
