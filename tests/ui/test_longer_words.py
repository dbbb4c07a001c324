"""Languages whose words are longer than English ones: everything stays in its place and can be reached."""

import gettext
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.ui.fake_session import FakeSession
from tests.ui.tool_scenes import approval_long
from voicegui.core.events import Ready
from voicegui.core.wording import use_translations
from voicegui.ui.dock import LEAST_MESSAGE
from voicegui.ui.window import MainWindow


class _Long(gettext.NullTranslations):
    """Each text with `share` more characters."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def gettext(self, message: str) -> str:
        return message + "m" * round(len(message) * self._share)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(autouse=True, params=[0.0, 0.3, 0.6, 1.0, 2.5])
def _long_words(request: pytest.FixtureRequest) -> Iterator[None]:
    use_translations(shown=_Long(request.param))
    yield
    use_translations()


@pytest.mark.parametrize("width", [440, 639, 640, 1000])
def test_longer_words_leave_room_for_everything(bare_window: MainWindow, session: FakeSession, width: int) -> None:
    bare_window.attach(session)
    bare_window.resize(width, 720)
    session.emit(Ready())
    approval_long(session)
    dock, card = bare_window.dock, bare_window.approval
    assert dock.message.width() >= LEAST_MESSAGE and dock.message.geometry().right() < dock.width()
    row = [dock.mute_button, dock.talk, dock.interrupt_button, dock.message]
    assert all(before.geometry().right() < after.x() for before, after in pairwise(row))
    assert all(card.rect().contains(button.geometry()) for button in (card.allow, card.refuse))
    assert card.refuse.geometry().right() < card.allow.x()
    assert card.arguments.scrolls() and card.more.text().startswith("Scroll to read all of it")
    assert card.more.height() >= card.more.heightForWidth(card.more.width())
    assert not card.more.geometry().intersects(card.refuse.geometry())
