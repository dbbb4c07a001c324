"""The command line. Imports only what the chosen command needs.

Exit codes: 0 answered, 2 usage or unreadable file, 3 no speech heard, 4 engine or turn failed; 128 and its number for a
signal that ended it, 141 when nobody reads the output any more.
"""

import time

STARTED = time.monotonic()

import argparse  # noqa: E402  the clock starts before anything else is imported
import sys  # noqa: E402
from collections.abc import Callable, Coroutine, Mapping, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from voicegui.core.errors import VoiceError  # noqa: E402

if TYPE_CHECKING:
    from voicegui.app import Program, Provider

_STAGES = {"stt": "speech to text", "llm": "language model", "tts": "text to speech"}
_FOR_THIS_RUN = (*_STAGES, *(f"{stage}_url" for stage in _STAGES))


def main(argv: Sequence[str] | None = None, providers: "Mapping[str, Provider] | None" = None) -> int:
    """`providers`: providers beside "local", by name, for programs that bring their own."""
    from voicegui.terminal.ending import have_standard_streams, unwritten

    have_standard_streams()
    options = _parser().parse_args(argv)
    from voicegui.app import load_program

    try:
        overrides = {name: value for name in _FOR_THIS_RUN if (value := getattr(options, name))}
        program = load_program(options.profile, overrides, providers)
        from voicegui.storage.log import start_log

        start_log(program.profile.log_file)
        for problem in program.problems:
            print(problem, file=sys.stderr)
        code: int = _COMMANDS[options.command](program, options)
        sys.stdout.flush()
        return code
    except VoiceError as error:
        return _report(error, as_json=getattr(options, "json", False))
    except OSError as error:
        return unwritten(error)
    except KeyboardInterrupt:
        return 130


def _report(error: VoiceError, *, as_json: bool) -> int:
    from voicegui.terminal.ending import complain, exit_code, unwritten

    complain(error.message)
    if as_json:
        from voicegui.terminal.journal import Journal

        try:
            Journal(sys.stdout, STARTED).error(error)
        except OSError as lost:
            unwritten(lost)
    return exit_code(error.code)


# ---------------------------------------------------------------- commands


def _window(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.desktop import run_window

    return run_window(program, STARTED)


def _ask(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal.ask import Question, ask

    question = Question(options.question, options.text, options.save, options.timeline, options.wait)
    return _run_for_output(lambda: ask(program, question, _journal(options)))


def _talk(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal.talk import talk

    return _run_for_output(lambda: talk(program, _journal(options)))


def _devices(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal import devices

    return _run(devices.show())


def _models(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal import models

    return models.show() if options.action == "list" else _run(models.get(options.name))


def _tools(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal import tools

    return _run(tools.show(program))


def _doctor(program: "Program", options: argparse.Namespace) -> int:
    from voicegui.terminal.doctor import examine

    return _run(examine(program))


_COMMANDS = {
    None: _window,
    "ask": _ask,
    "talk": _talk,
    "devices": _devices,
    "models": _models,
    "tools": _tools,
    "doctor": _doctor,
}


def _run(work: Coroutine[Any, Any, int]) -> int:
    from voicegui.terminal.ending import Ending

    return Ending().run(work)


def _run_for_output(begin: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """`begin` is called when standard output is kept for what the program itself prints."""
    from voicegui.terminal.ending import Ending
    from voicegui.tools.output import stdout_for_program

    ending = Ending()
    with stdout_for_program(ending.lost):
        code = ending.run(begin())
    return ending.code(code)


def _journal(options: argparse.Namespace) -> Any:
    from voicegui.terminal.journal import Journal

    return Journal(sys.stdout, STARTED) if options.json else None


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
    commands.add_parser("devices", parents=[shared], help="microphones and speakers")
    models = commands.add_parser("models", parents=[shared], help="local models").add_subparsers(
        dest="action", required=True, metavar="list|get"
    )
    models.add_parser("list", help="what there is, what is here, what suits this machine")
    models.add_parser("get", help="download and verify").add_argument("name", metavar="NAME")
    tools = commands.add_parser("tools", parents=[shared], help="what it can do besides talk").add_subparsers(
        dest="action", required=True, metavar="list"
    )
    tools.add_parser("list", help="tools, their permissions and who brought them")
    commands.add_parser("doctor", parents=[shared], help="what works here, what does not and how to mend it")
    return parser


def _add_ask(parser: argparse.ArgumentParser) -> None:
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", type=Path, metavar="QUESTION.wav", help="a microphone in real time")
    asked.add_argument("--text", default="", help="a typed question")
    parser.add_argument("--save", type=Path, metavar="ANSWER.wav", help="the spoken answer")
    parser.add_argument("--timeline", type=Path, metavar="T.wav", help="stereo: left the microphone, right the speaker")
    parser.add_argument("--json", action="store_true", help="one event a line")
    parser.add_argument("--wait", type=_seconds, default=0.0, metavar="SECONDS", help="stay for what is due by then")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError
    return seconds


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.freeze_support()
    sys.exit(main())
