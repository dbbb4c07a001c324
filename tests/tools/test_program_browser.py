"""Whether a browser opened is told as it is."""

import os
import stat
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.tools.program import open_page

URL = "https://example.org/a?b=c&d='e'"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


class Answering(webbrowser.BaseBrowser):
    """Of a kind that itself knows whether it opened."""

    def __init__(self, answer: bool | Exception) -> None:
        super().__init__("firefox")
        self.answer = answer

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def script(folder: Path, body: str, name: str = "xdg-open") -> str:
    path = folder / name
    path.write_text(f'#!/bin/sh\nprintf %s "$1" > "{folder}/got"\n{body}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def refused(find: Callable[[], webbrowser.BaseBrowser], within_s: float = 30.0) -> str:
    with pytest.raises(VoiceError) as raised:
        open_page(URL, find, within_s)
    assert raised.value.code is ErrorCode.NOT_OFFERED
    assert raised.value.hint
    return raised.value.message


@pytest.mark.parametrize("kind", [webbrowser.BackgroundBrowser, webbrowser.GenericBrowser])
@pytest.mark.parametrize("code", [1, 2, 3, 4, 127])
def test_a_program_that_finds_no_browser_is_believed(tmp_path: Path, kind: type, code: int) -> None:
    said = refused(lambda: kind(script(tmp_path, f"exit {code}")))
    assert said == "I could not open example.org: no web browser opened."


@pytest.mark.parametrize("kind", [webbrowser.BackgroundBrowser, webbrowser.GenericBrowser])
def test_a_program_that_ends_well_has_opened_it(tmp_path: Path, kind: type) -> None:
    open_page(URL, lambda: kind(script(tmp_path, "exit 0")), 30.0)
    assert (tmp_path / "got").read_text() == URL


def test_a_program_that_stays_is_a_browser(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    open_page(URL, lambda: webbrowser.BackgroundBrowser(script(tmp_path, f'read line < "{gate}"')), 0.01)
    gate.open("w").close()


@pytest.mark.parametrize("answer", [False, webbrowser.Error("no"), FileNotFoundError("gone"), PermissionError("no")])
def test_a_browser_that_says_no_is_believed(answer: bool | Exception) -> None:
    assert refused(lambda: Answering(answer)).endswith("no web browser opened.")


def test_a_browser_that_says_yes_is_believed() -> None:
    open_page(URL, lambda: Answering(True))


def test_a_program_that_is_not_there_opens_nothing(tmp_path: Path) -> None:
    assert refused(lambda: webbrowser.BackgroundBrowser(str(tmp_path / "none"))).endswith("no web browser opened.")


def test_no_browser_at_all() -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error("could not locate runnable browser")

    assert "there is no web browser on this machine" in refused(none)


@pytest.mark.parametrize("name", ["www-browser", "links", "elinks", "lynx", "w3m"])
def test_a_browser_in_the_terminal_takes_nobodys_terminal(tmp_path: Path, name: str) -> None:
    said = refused(lambda: webbrowser.GenericBrowser(script(tmp_path, "exit 0", name)))
    assert "no web browser with a window" in said
    assert not (tmp_path / "got").exists()
