"""Conversations for the window: what is said in them, and what is read of them in it."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from voicegui.core.events import Event, LastConversationFound, ReplyGrew, Timings, TurnDone, UserSaid
from voicegui.core.records import PastConversation, PastMessage
from voicegui.ui.window import MainWindow

from .looking import named, text

Wait = Callable[..., None]


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def said(turn: int, question: str, answer: str) -> list[Event]:
    return [UserSaid(turn, question), ReplyGrew(turn, answer), TurnDone(turn, question, answer, Timings())]


def past(turns: int = 2, *more: PastMessage) -> LastConversationFound:
    messages = [
        PastMessage(turn, role, f"{words} {turn}")  # type: ignore[arg-type]
        for turn in range(1, turns + 1)
        for role, words in (("user", "Question"), ("assistant", "Answer"))
    ]
    began = datetime(2026, 11, 27, 18, 3).timestamp()
    return LastConversationFound(PastConversation(7, began, (*messages, *more), False))


def type_in(window: MainWindow, words: str) -> None:
    message = named(window, "Message")
    QTest.keyClicks(message, words)
    QTest.keyClick(message, Qt.Key.Key_Return)


def links(window: MainWindow) -> list[str]:
    """The words of the links, from the top."""
    window.transcript.flush()
    found: list[str] = []
    block = window.transcript.document().begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            if fragment.charFormat().isAnchor():
                found.append(fragment.text())
            fragments += 1
        block = block.next()
    return found


def follow(window: MainWindow, label: str, which: int = 0) -> None:
    """As a screen reader or the keyboard would: what the link says is done."""
    window.transcript.flush()
    at = [e for e in window._presenter._log.everything for way in e.ways if way.label == label][which]
    window.transcript.acted.emit(next(way.action for way in at.ways if way.label == label))


def lines(window: MainWindow) -> list[str]:
    return [line for line in text(window).split("\n") if not line.startswith("Today")]


def shown(window: MainWindow, wait: Wait) -> None:
    wait(lambda: not window._presenter.previous.gradually.busy)
