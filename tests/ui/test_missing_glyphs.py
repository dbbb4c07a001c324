"""Text for which there is no font is never silently a row of boxes."""

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import text
from voicegui.core.backchannel import Passed
from voicegui.core.events import (
    NotTaken,
    PartialHeard,
    ReplyGrew,
    StartedAfresh,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    UserSaid,
)
from voicegui.core.tools import ToolCall
from voicegui.ui.missing_glyphs import LOOKED_AT, Fonts, what_is_missing
from voicegui.ui.window import MainWindow

BOXES = "can only be shown as boxes"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("你好", "Chinese or Japanese"), ("こんにちは", "Japanese"), ("カタカナ", "Japanese"), ("안녕하세요", "Korean"),
        ("สวัสดี", "Thai"), ("नमस्ते", "Hindi"), ("مرحبا", "Arabic"), ("שלום", "Hebrew"), ("Привет", "Cyrillic"),
        ("γειά", "Greek"), ("ሰላም", "Ethiopian"), ("வணக்கம்", "Tamil"), ("မင်္ဂလာပါ", "Burmese"), ("გამარჯობა", "Georgian"),
        ("😀", "Emoji"), ("🇵🇹", "Emoji"), ("👨‍👩‍👧", "Emoji"), ("♞", "Some signs"), ("∰", "Some signs"),
        ("日本 สวัสดี", "Thai and Chinese or Japanese"), ("あ日😀", "Japanese, Chinese or Japanese and emoji"),
    ],
)  # fmt: skip
def test_what_no_font_has_is_named_once(app: QApplication, said: str, names: str) -> None:
    fonts = Fonts()
    fonts.has = lambda character: character.isascii()
    assert fonts.complaint(f"It is {said}.").partition(f" {BOXES}")[0] == names
    assert fonts.complaint(f"It is {said}, {said}{said}.") == ""


@pytest.mark.parametrize(
    "said", ["", "It is nine o'clock.", "café, naïve, Ærø, żółw", "\n\t", "“a” — b… 10 €", "\u200d\ufe0f\u202e"]
)
def test_ordinary_text_is_never_complained_of(app: QApplication, said: str) -> None:
    fonts = Fonts()
    fonts.has = lambda character: character.isascii() or character in "“”—…€"
    assert fonts.complaint(said) == ""


def test_what_fonts_have_is_never_complained_of(app: QApplication) -> None:
    fonts = Fonts()
    fonts.has = lambda character: True
    assert fonts.complaint("日本 สวัสดี 😀 नमस्ते") == ""


def test_a_hostile_text_costs_little(app: QApplication) -> None:
    asked: list[str] = []
    fonts = Fonts()
    fonts.has = lambda character: not asked.append(character)
    fonts.complaint("".join(map(chr, range(0x4E00, 0x9FFF))))
    assert len(asked) == LOOKED_AT


def test_the_interface_s_own_fonts_are_asked(app: QApplication) -> None:
    assert Fonts().has("a") and not Fonts().has("\U00013000\U00013000"[0])


@pytest.mark.parametrize(
    ("scripts", "package"),
    [
        (["Japanese"], "fonts-noto-cjk"), (["Korean", "Chinese"], "fonts-noto-cjk"), (["Thai"], "fonts-noto-core"),
        (["emoji"], "fonts-noto-color-emoji"), (["Thai", "emoji"], "fonts-noto-color-emoji fonts-noto-core"),
    ],
)  # fmt: skip
def test_it_says_what_to_install(scripts: list[str], package: str) -> None:
    assert package in what_is_missing(scripts, linux=True)
    assert "apt" not in what_is_missing(scripts, linux=False) and "Install a font" in what_is_missing(
        scripts, linux=False
    )


@pytest.mark.parametrize(
    "events",
    [
        [UserSaid(1, "日本")],
        [PartialHeard(1, "日本")],
        [UserSaid(1, "Hi"), ReplyGrew(1, "It is "), ReplyGrew(1, "日本"), ReplyGrew(1, " then")],
        [ToolCalled(1, ToolCall("c", "look", '{"a": "\\u65e5"}'), "Look")],
        [ToolCalled(1, ToolCall("c", "look", "{}"), "Look"), ToolFinished(1, "c", True, "日本", 0.1)],
        [ToolCalled(1, ToolCall("c", "look", "{}"), "日本")],
        [NotTaken(1, "日本", Passed.NOT_UNDERSTOOD)],
    ],
)
def test_wherever_it_stands_a_note_stays(window: MainWindow, session: FakeSession, events: list[object]) -> None:
    window.transcript.fonts.has = lambda character: character.isascii()
    session.emit(*events)  # type: ignore[arg-type]
    text(window)
    session.emit(UserSaid(2, "And then 日本?"), ReplyGrew(2, "日本"), UserSaid(3, "Yes"), ReplyGrew(3, "No"))
    text(window)
    assert text(window).count(f"Chinese or Japanese {BOXES}") == 1


def test_a_reply_that_comes_word_by_word_has_one_note(window: MainWindow, session: FakeSession) -> None:
    window.transcript.fonts.has = lambda character: character.isascii()
    session.emit(UserSaid(1, "How do you say hello?"))
    for word in ("It is ", "日本 ", "and ", "สวัสดี ", "or ", "안녕 ", "日本 ", "😀."):
        session.emit(ReplyGrew(1, word))
        text(window)
    session.emit(TurnDone(1, "How do you say hello?", "…", Timings()), UserSaid(2, "And in Greek?"))
    session.emit(ReplyGrew(2, "γειά"))
    assert text(window).count(BOXES) == 1
    assert f"Chinese or Japanese, Thai, Korean, emoji and Greek {BOXES}" in text(window)


def test_a_new_conversation_has_a_note_of_its_own(window: MainWindow, session: FakeSession) -> None:
    window.transcript.fonts.has = lambda character: character.isascii()
    for turn in (1, 2):
        session.emit(UserSaid(turn, "日本"), ReplyGrew(turn, "日本 😀"), TurnDone(turn, "日本", "日本", Timings()))
        assert text(window).count(f"Chinese or Japanese and emoji {BOXES}") == 1
        session.emit(StartedAfresh(1, asked=True))
        assert BOXES not in text(window)
