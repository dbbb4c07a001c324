"""Every word of ours that the terminal prints is looked up: what remains are names, paths and values."""

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.pseudo_language import BEGIN, END, PSEUDO
from tests.terminal.commands import left, run_command
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import KeyPlace, KeyState
from voicegui.core.ports import DeviceInfo, LoadingProgress
from voicegui.core.wording import sentence, use_translations
from voicegui.terminal import doctor, models
from voicegui.terminal.arguments import command_line

_ARGPARSE = (
    "usage:", "positional arguments:", "options:", "show this help message and exit", "error:", "argument",
    "one of the arguments", "is required",
)  # fmt: skip
"""Its words are in a catalogue of its own."""
_NAMES = ("voicegui", "list|get", "list|call", "JSON", "URL", "T.wav", "mcpServers")
_OPTION = re.compile(r"(?<![\w⟧])--?[a-z][a-z-]*")
_COMMANDS = ("ask", "talk", "say", "devices", "models", "tools", "serve", "doctor", "list", "get", "call")


pytestmark = pytest.mark.usefixtures("pseudo_language")


# ---------------------------------------------------------------- arguments

_HELPS = (
    (), ("ask",), ("talk",), ("say",), ("devices",), ("models",), ("models", "list"), ("models", "get"), ("tools",),
    ("tools", "list"), ("tools", "call"), ("serve",), ("doctor",),
)  # fmt: skip


@pytest.mark.parametrize("columns", ["200", "40"])
@pytest.mark.parametrize("command", _HELPS, ids=" ".join)
def test_help(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: Sequence[str],
    columns: str,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    code, output, _ = run_command(capsys, tmp_path, *command, "--help")
    unwrapped = _OPTION.sub("", " ".join(output.split()))
    assert code == 0 and left(unwrapped, *_ARGPARSE, *_NAMES, *_COMMANDS) == ""


@pytest.mark.parametrize(
    "arguments",
    [("ask", "--text", "a", "--wait", "10 s"), ("ask", "--text", " "), ("ask", "--wait=nan", "--text", "a")],
)
def test_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    code, _, errors = run_command(capsys, tmp_path, *arguments)
    assert code == 2 and left(_OPTION.sub("", errors), *_ARGPARSE, *_NAMES, *_COMMANDS) == ""


@pytest.mark.parametrize(
    "text", ["100 % sure", "%", "%s %(prog)s", "%%", "{x} {", "[x", "a  b", "(x y", "x]", "DU MOT"]
)
def test_whatever_a_translation_says_there_is_help(text: str) -> None:
    class Odd(type(PSEUDO)):  # type: ignore[misc]
        def gettext(self, message: str) -> str:
            return text

    use_translations(shown=Odd())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "400")  # argparse of some versions cannot wrap odd placeholders
        for parser in _parsers(command_line()):
            help_text = parser.format_help()
            if parser.description or "--json" in help_text:
                assert " ".join(text.split()) in " ".join(help_text.split())


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _parsers(inner)


def test_a_log_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from voicegui.storage.profile import Profile

    Profile(tmp_path).log_file.mkdir(parents=True)
    _, _, errors = run_command(capsys, tmp_path, "models", "list")
    assert errors.startswith(BEGIN) and left(errors, str(tmp_path)) == ""


# ---------------------------------------------------------------- devices, models, doctor

_DEVICES = [DeviceInfo("n1", "Mic", True), DeviceInfo("n2", "Mic", False)]
_NO_SOUND = VoiceError(ErrorCode.NO_SOUND_LIBRARY, sentence("There is no sound."))


def _listing(monkeypatch: pytest.MonkeyPatch, found: Sequence[DeviceInfo] | VoiceError) -> None:
    def list_devices() -> tuple[Sequence[DeviceInfo], Sequence[DeviceInfo]]:
        if isinstance(found, VoiceError):
            raise found
        return found, found

    monkeypatch.setattr("voicegui.audio.portaudio.list_devices", list_devices)


@pytest.mark.parametrize("found", [_DEVICES, [], _NO_SOUND], ids=["some", "none", "no sound"])
def test_devices(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    found: Sequence[DeviceInfo] | VoiceError,
) -> None:
    _listing(monkeypatch, found)
    _, output, errors = run_command(capsys, tmp_path, "devices")
    assert (output or errors) and left(output + errors, "n1", "n2", "Mic") == ""


def _model_names() -> list[str]:
    from voicegui.app.services import load_catalogue
    from voicegui.storage.profile import Profile

    found = load_catalogue(Profile(Path("/nonexistent"))).models()
    return [word for each in found for word in (each.name, each.label, each.publisher, each.licence)]


@pytest.mark.parametrize("here", [True, False])
def test_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    monkeypatch.setattr("voicegui.providers.catalogue.selection.is_here", lambda catalogue, model: here)
    code, output, _ = run_command(capsys, tmp_path, "models", "list")
    assert code == 0 and left(output, "/nonexistent", *_model_names()) == ""
    assert (f"{BEGIN}here{END}" in output) == here


@pytest.mark.parametrize("loading", [LoadingProgress("⟦x⟧"), LoadingProgress("⟦x⟧", 10**6, 10**8, 1e6)])
def test_a_download(capsys: pytest.CaptureFixture[str], loading: LoadingProgress) -> None:
    models._Bar().show(loading)
    errors = capsys.readouterr().err
    assert errors and left(errors) == ""


class _FakeKeys:
    todo = notes = ""

    async def state(self, service: str) -> KeyState:
        return KeyState(service, KeyPlace.KEYRING if service == "openai" else None, "⟦In the keyring⟧")

    async def check(self) -> str:
        return self.todo

    def notice(self) -> str:
        return self.notes


class _FakeWeb:
    failure: Exception | None = None

    async def head(self, url: str) -> None:
        if self.failure:
            raise self.failure


@pytest.mark.parametrize("found", [_DEVICES, [DeviceInfo("n2", "Mic", False)], [], _NO_SOUND])
@pytest.mark.parametrize("failure", [None, OSError(), VoiceError(ErrorCode.OFFLINE, sentence("The proxy is odd."))])
@pytest.mark.parametrize(("todo", "notes"), [("", ""), ("⟦Open it.⟧", ""), ("", "⟦There is none.⟧")])
@pytest.mark.parametrize("all_there", [True, False])
def test_doctor(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    found: Sequence[DeviceInfo] | VoiceError,
    failure: Exception | None,
    todo: str,
    notes: str,
    all_there: bool,
) -> None:
    @asynccontextmanager
    async def web() -> Any:
        fake = _FakeWeb()
        fake.failure = failure
        yield fake

    _listing(monkeypatch, found)
    monkeypatch.setattr("voicegui.web.clients.async_client", web)
    monkeypatch.setattr("voicegui.storage.keys.KeyStore", type("Keys", (_FakeKeys,), {"todo": todo, "notes": notes}))
    monkeypatch.setattr("voicegui.providers.catalogue.selection.is_here", lambda catalogue, model: all_there)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if all_there else None)
    monkeypatch.setattr(doctor, "whereabouts", lambda *_: SimpleNamespace(sign="⟦Here⟧", lines=["⟦Hearing: here⟧"]))
    for display in ("DISPLAY", "WAYLAND_DISPLAY"):
        (monkeypatch.setenv if all_there else monkeypatch.delenv)(display, *(("x",) if all_there else (False,)))
    code, output, errors = run_command(capsys, tmp_path, "doctor")
    fits = [f"voicegui models get {name}" for name in _model_names()]
    assert errors == "" and left(output, "Mic", "openai", *fits, *_model_names()) == ""
    assert code == (0 if all_there and found in (_DEVICES, [DeviceInfo("n2", "Mic", False)]) else 4)
