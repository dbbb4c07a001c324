"""The arguments of the command line. Made when they are read: what they do is told in the language that is set then."""

import argparse
from pathlib import Path
from typing import Any

from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import marked, shown

_STAGES = {
    "stt": marked("who hears (speech to text)"),
    "llm": marked("who thinks (language model)"),
    "tts": marked("who speaks (text to speech)"),
}
FOR_THIS_RUN = (*_STAGES, *(f"{stage}_url" for stage in _STAGES))
"""Settings that the command line has, too."""


class _Help(argparse.HelpFormatter):
    """A percent sign in a sentence is one, and nothing is put in its place."""

    def _get_help_string(self, action: argparse.Action) -> str:
        return (action.help or "").replace("%", "%%")


class _Parser(argparse.ArgumentParser):
    """Those of the commands are made of this, too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, **options)


class _Version(argparse.Action):
    """Looked up only when somebody asks: it takes longer than reading all arguments."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"voicegui {version('voicegui')}")
        parser.exit()


def command_line() -> argparse.ArgumentParser:
    parser = _Parser(prog="voicegui", description=shown("Talk with your computer. Without a command: the window."))
    parser.add_argument(
        "--profile", type=Path, metavar=shown("DIR"), help=shown("folder of settings, history and logs")
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=shown("which version this is"))
    for stage in _STAGES:
        parser.add_argument(f"--{stage}", default="", metavar=shown("PROVIDER[:MODEL]"), help=shown(_STAGES[stage]))
        parser.add_argument(
            f"--{stage}-url",
            default="",
            metavar="URL",
            help=shown("its server, such as http://localhost:1234/v1 ({stage})", stage=shown(_STAGES[stage])),
        )
    commands = parser.add_subparsers(dest="command", metavar=shown("COMMAND"))
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--profile", type=Path, help=argparse.SUPPRESS)
    for stage in _STAGES:
        shared.add_argument(f"--{stage}", help=argparse.SUPPRESS)
        shared.add_argument(f"--{stage}-url", help=argparse.SUPPRESS)
    _add_ask(
        commands.add_parser("ask", parents=[shared], help=shown("one turn in the terminal, without a sound device"))
    )
    talking = commands.add_parser("talk", parents=[shared], help=shown("hands-free in the terminal until Ctrl-C"))
    talking.add_argument("--json", action="store_true", help=shown("one event a line"))
    saying = commands.add_parser("say", parents=[shared], help=shown("speak a text as a reply would be spoken"))
    saying.add_argument(
        "spoken_text", nargs="?", default="-", metavar=shown("TEXT"), help=shown("-, or none: standard input")
    )
    saying.add_argument(
        "--save", type=Path, metavar=shown("SPEECH.wav"), help=shown("write the sound instead of playing it")
    )
    saying.add_argument("--print", action="store_true", help=shown("what the voice gets, a piece a line; says nothing"))
    commands.add_parser("devices", parents=[shared], help=shown("microphones and speakers"))
    models = commands.add_parser("models", parents=[shared], help=shown("local models")).add_subparsers(
        dest="action", required=True, metavar="list|get"
    )
    models.add_parser("list", help=shown("what there is, what is here, what suits this machine"))
    models.add_parser("get", help=shown("download and verify")).add_argument("name", metavar=shown("NAME"))
    tools = commands.add_parser("tools", parents=[shared], help=shown("what it can do besides talk")).add_subparsers(
        dest="action", required=True, metavar="list|call"
    )
    tools.add_parser("list", help=shown("tools, their permissions and who brought them"))
    _add_call(
        tools.add_parser("call", parents=[shared], help=shown("run one tool with its permission, and see what it says"))
    )
    _add_serve(
        commands.add_parser("serve", parents=[shared], help=shown("conversations for other programs, over a socket"))
    )
    commands.add_parser("doctor", parents=[shared], help=shown("what works here, what does not and how to mend it"))
    return parser


def _add_ask(parser: argparse.ArgumentParser) -> None:
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "question", nargs="?", type=Path, metavar=shown("QUESTION.wav"), help=shown("a microphone in real time")
    )
    asked.add_argument("--text", type=_question, metavar=shown("TEXT"), help=shown("a typed question"))
    parser.add_argument("--save", type=Path, metavar=shown("ANSWER.wav"), help=shown("the spoken answer"))
    parser.add_argument(
        "--timeline", type=Path, metavar="T.wav", help=shown("stereo: left the microphone, right the speaker")
    )
    parser.add_argument("--json", action="store_true", help=shown("one event a line"))
    parser.add_argument(
        "--wait", type=_seconds, default=0.0, metavar=shown("SECONDS"), help=shown("stay for what is due by then")
    )


def _add_call(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar=shown("NAME"), help=shown("as voicegui tools list tells it"))
    parser.add_argument(
        "--arguments", default="{}", metavar="JSON", help=shown('an object, such as {"place": "Lisbon"}')
    )
    parser.add_argument("--yes", action="store_true", help=shown("say yes to a call that asks"))
    parser.add_argument(
        "--now",
        default="",
        metavar=shown("TIME"),
        help=shown("the clock that tools see, such as 2026-11-27T22:00:00+01:00"),
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", metavar=shown("ADDRESS"), help=shown("where to listen (127.0.0.1)")
    )
    parser.add_argument(
        "--port", type=_port, default=8990, metavar=shown("PORT"), help=shown("8990 unless given; 0: any that is free")
    )
    parser.add_argument("--show-key", action="store_true", help=shown("print the key that clients need, and end"))
    parser.add_argument(
        "--key-file", type=Path, metavar=shown("FILE"), help=shown("has the key, where there is no keyring")
    )
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--allow-tool", metavar=shown("NAME"), help=shown("clients may use this tool"), **several)
    parser.add_argument("--allow-host", metavar=shown("NAME"), help=shown("a name of this machine"), **several)
    parser.add_argument(
        "--allow-origin", metavar="URL", help=shown("a page that may ask, such as https://example.org"), **several
    )
    parser.add_argument("--lan", action="store_true", help=shown("let other machines in; needs a certificate"))
    parser.add_argument("--certificate", type=Path, metavar=shown("FILE"), help=shown("for TLS, as PEM"))
    parser.add_argument("--private-key", type=Path, metavar=shown("FILE"), help=shown("of the certificate, as PEM"))


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) < 65536):
        raise argparse.ArgumentTypeError(shown("“{port}” is no port: 1 to 65535", port=one_line(text)))
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(
            shown("“{seconds}” is no number of seconds, such as 10", seconds=one_line(text))
        )
    return seconds


def _question(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(shown("there is no question in it"))
    return text
