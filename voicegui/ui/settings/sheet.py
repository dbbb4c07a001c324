"""The settings over the window: a sheet in its middle, in a small window all of it."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QShortcut
from PySide6.QtWidgets import QWidget

from voicegui.core.errors import VoiceError
from voicegui.core.session import Session
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import shown

from ..theme import Theme
from .background import Background
from .page import Page
from .setting_fields import Bench
from .sheet_frame import BAR_HEIGHT, Footer, SettingsNavigation, SheetCover
from .sheet_frame import FOOTER_HEIGHT as FOOTER
from .sheet_frame import WIDTH as SIDE_WIDTH

WIDEST, HIGHEST = 920, 640
WHOLE = 760
"""Windows narrower than this are covered whole."""
NARROW = 640
"""Sheets narrower than this have the groups in a line above the page."""


class SettingsSheet(QWidget):
    """Covers the window; a click beside the sheet is Done. Esc is Cancel: where something was changed it asks, and then
    the settings are as they were when it opened. Keys are no settings: what was stored or removed stays so.
    """

    changed = Signal(object)
    """The changed `Settings`, to apply at once."""
    covered = Signal(object)
    """A `SheetCover`: what lies below must not be reached."""
    closed = Signal()
    """It is about to be hidden: the focus has to go elsewhere."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._theme = parent, theme
        self.background = Background()
        self._session: Session | None = None
        self._before = Settings()
        self.page: Page | None = None
        self._card = QRect()
        self.setAccessibleName(shown("Settings"))
        self.side = SettingsNavigation(theme)
        self.side.setParent(self)
        self.side.chosen.connect(self._show_group)
        self.side.searched.connect(self._search)
        self.footer = Footer(theme, self)
        self.footer.reset_clicked.connect(self._reset)
        self.footer.cancelled.connect(self.give_up)
        self.footer.done_clicked.connect(self.leave)
        self.footer.dropped.connect(self._drop)
        self.footer.asked.connect(self._hold)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        theme.changed.connect(self.side.dress)
        self.hide()

    # ------------------------------------------------------------ life

    def open(self, session: Session, group: Group | None = None) -> None:
        """Shows the settings of `session`; a group of them if one is given, else the last one."""
        self._session, self._before = session, session.settings
        self._drop_page()
        bench = Bench(self._theme, session, self.background, self._change, self.enter_key)
        self.page = Page(bench)
        self.page.setParent(self)
        self.page.verticalScrollBar().rangeChanged.connect(lambda: self.update())
        self.side.choose(group or self.side.group)
        self.place()
        self.page.show()
        self.show()
        self.raise_()
        self.side.search.setFocus(Qt.FocusReason.TabFocusReason)
        self._tell_cover()
        self.page.look()
        self.background.run(session.refresh_services(), self._refreshed, self._not_refreshed)

    def leave(self) -> None:
        """Done: what was changed stays. A text that was refused keeps the sheet open at its field."""
        self._commit()
        refused = self.page.refused() if self.page is not None else None
        if self.page is None or refused is None:
            self._close()
        else:
            group, field = refused
            self.side.choose(group)
            self.page.show_fault(field)

    def give_up(self) -> None:
        """Cancel: as it was. What somebody has changed or typed is not dropped unasked."""
        changed = self._session is not None and self._session.settings != self._before
        if changed or (self.page is not None and self.page.typed()):
            self.footer.ask()
        else:
            self._close()

    def _drop(self) -> None:
        session = self._session
        if session is not None and session.settings != self._before:
            self.changed.emit(self._before)
        self._close()

    def escape(self) -> None:
        """Ends the question or the search, else cancels."""
        if self.footer.asking:
            self.footer.answer_no()
        elif self.side.search.text():
            self.side.search.clear()
        else:
            self.give_up()

    def _hold(self, asking: bool) -> None:
        """While it is asked, the rest of the sheet stands still."""
        for part in (self.side, self.page):
            if part is not None:
                part.setEnabled(not asking)

    def detach(self) -> None:
        """The session ends."""
        self._close()

    def _close(self) -> None:
        self.background.drop()
        self._session = None  # what is still being typed is not applied when its field is left now
        self.footer.answer_no()
        if self.isVisible():
            self.covered.emit(SheetCover.NOTHING)
            self.closed.emit()  # takes the focus, which Qt would else move around among what is being hidden
            self.hide()
        self._drop_page()

    def _drop_page(self) -> None:
        if self.page is not None:
            self.page.close_lists()
            self.page.hide()
            self.page.deleteLater()
            self.page = None

    def _commit(self) -> None:
        """Text is applied when its field is left; buttons do not take the focus by themselves."""
        at = self.focusWidget()
        if at is not None and self.isAncestorOf(at):
            at.clearFocus()

    # ------------------------------------------------------------ settings

    def _change(self, name: str, value: Any) -> None:
        self._apply({name: value})

    def _apply(self, values: dict[str, Any]) -> None:
        if self._session is None:
            return
        self.changed.emit(replace(self._session.settings, **values))
        self._show_settings()

    def _reset(self) -> None:
        if self.page is not None:
            self.page.give_up(self.side.group)
            self._apply({each.name: each.default for each in declared() if each.group is self.side.group})

    def _show_settings(self) -> None:
        if self.page is not None and self._session is not None:
            self.page.show_settings(self._session.settings)

    def _refreshed(self, _result: None) -> None:
        if self.page is not None:
            self.page.add_services()
        self._show_settings()

    def _not_refreshed(self, error: VoiceError) -> None:
        if self.page is not None:
            self.page.show_old(error.message)

    def enter_key(self, service: str) -> None:
        """Shows where the key of `service` is entered, ready to type."""
        if self.page is not None:
            self.side.choose(Group.SERVICES)
            self.page.show_key(service)

    # ------------------------------------------------------------ look

    def _show_group(self, group: Group) -> None:
        self._commit_page()
        self.footer.can_reset(True)
        if self.page is not None:
            self.page.show_group(group)

    def _search(self, text: str) -> None:
        self.footer.can_reset(False)  # of which page?
        if self.page is not None:
            self.page.search(text)

    def _commit_page(self) -> None:
        at = self.focusWidget()
        if self.page is not None and at is not None and self.page.isAncestorOf(at):
            at.clearFocus()

    def _find(self) -> None:
        self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.side.search.selectAll()

    def place(self) -> None:
        """Over the whole window, as it is now."""
        self.setGeometry(self._window.rect())
        width, height = self.width(), self.height()
        if width < WHOLE:
            self._card = self.rect()
        else:
            wide, high = min(WIDEST, width - 48), min(HIGHEST, height - 48)
            self._card = QRect((width - wide) // 2, (height - high) // 2, wide, high)
        card, narrow = self._card, self._card.width() < NARROW
        self.side.arrange(narrow)
        if narrow:
            side = QRect(card.left(), card.top(), card.width(), BAR_HEIGHT)
            main = card.adjusted(0, BAR_HEIGHT, 0, 0)
        else:
            side = QRect(card.left(), card.top(), SIDE_WIDTH, card.height())
            main = card.adjusted(SIDE_WIDTH, 0, 0, 0)
        self.side.setGeometry(side)
        margin = 16 if narrow else 28
        self.footer.place(margin)
        self.footer.setGeometry(main.left(), main.bottom() + 1 - FOOTER, main.width(), FOOTER)
        if self.page is not None:
            self.page.setGeometry(main.adjusted(0, 4 if narrow else 12, 0, -FOOTER))
        self._tell_cover()
        self.update()

    def _tell_cover(self) -> None:
        if self.isVisible():
            self.covered.emit(SheetCover.ALL if self._card == self.rect() else SheetCover.PART)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self._card == self.rect()
        if not whole:
            shade = self._theme.color("background").darker(300)
            shade.setAlphaF(0.45)
            painter.fillRect(self.rect(), shade)
        path = QPainterPath()
        radius = 0 if whole else 14
        path.addRoundedRect(QRectF(self._card), radius, radius)
        painter.setClipPath(path)
        painter.fillRect(self._card, self._theme.color("surface"))
        side = QRect(self.side.geometry())
        painter.fillRect(side, self._theme.color("background"))
        if side.width() < self._card.width():
            painter.fillRect(side.right(), side.top(), 1, side.height(), self._theme.color("line"))
        else:
            painter.fillRect(side.left(), side.bottom(), side.width(), 1, self._theme.color("line"))
        if self.page is not None and self.page.verticalScrollBar().maximum() > 0:  # there is more below
            foot = self.footer.geometry()
            painter.fillRect(foot.left(), foot.top(), foot.width(), 1, self._theme.color("line"))
        painter.end()

    # ------------------------------------------------------------ hands

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab goes around in the sheet: what lies under it cannot be seen."""
        within = [*self.side.findChildren(QWidget), *(self.page.parts() if self.page else ())]
        ring = [w for w in (*within, *self.footer.findChildren(QWidget)) if _takes_tab(w)]
        at = self.window().focusWidget()
        if not ring:
            return False
        index = ring.index(at) if at in ring else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        to = ring[(index + (1 if forward else -1)) % len(ring)]
        to.setFocus(reason)
        if self.page is not None and self.page.isAncestorOf(to):
            self.page.ensureWidgetVisible(to, 0, 24)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._card.contains(event.position().toPoint()) and not self.footer.asking:
            self.leave()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.accept()  # not push-to-talk while the settings are open
        else:
            super().keyPressEvent(event)


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(takes) and widget.isVisible() and widget.isEnabled()
