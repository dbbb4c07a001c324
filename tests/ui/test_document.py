"""What a screen reader gets of tables and boxes, and that a long reply does not cost more with every piece."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAccessible

from tests.ui.fake_session import FakeSession
from voicegui.core.events import ReplyGrew, UserSaid
from voicegui.core.text import markdown
from voicegui.core.text.markdown_runs import Block
from voicegui.ui import paragraphs
from voicegui.ui.transcript_entries import Kind, LogEntry
from voicegui.ui.window import MainWindow


def test_a_screen_reader_gets_cells_and_boxes(window: MainWindow, session: FakeSession) -> None:
    source = "| City | Days |\n|---|---|\n| Lisbon | 3 |\n\n- [x] Book\n- [ ] Pack"
    session.emit(UserSaid(1, "Show"), ReplyGrew(1, source))
    window.transcript.flush()
    accessible = QAccessible.queryAccessibleInterface(window.transcript).textInterface()
    read = accessible.text(0, accessible.characterCount())
    for words in ("City", "Days", "Lisbon", "3", "☑\tBook", "☐\tPack"):
        assert words in read
    assert "|" not in read and "[x]" not in read


def test_a_long_reply_is_read_on_from_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is made of, at most its last two parts are read again."""
    read: list[int] = []
    whole: Callable[[str, int], list[Block]] = markdown.read

    def counted(source: str, start: int = 0) -> list[Block]:
        read.append(len(source) - start)
        return whole(source, start)

    monkeypatch.setattr(paragraphs, "read", counted)
    text = "".join(f"- item **{i}** of a list\n  - inside\n" for i in range(200))
    layout = paragraphs.Layout(())
    for end in range(0, len(text), 40):
        entry = LogEntry(1, Kind.AGENT, 1, text[:end])
        layout = paragraphs.paragraphs(entry, layout.paragraphs, layout.blocks)
    assert max(read[5:]) < 200
    assert layout.blocks == tuple(whole(text[:end], 0))
