"""One of several: a button that shows the choice and opens a menu; languages are chosen by their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout

from voicegui.core.display_names import language_codes, language_names
from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.text.sanitiser import one_line, tip
from voicegui.core.wording import shown

from ..buttons import Button, ButtonLook, Face
from ..theme import Theme, interface_font
from .controls import Control, LineControl

LABEL = 200
"""Characters of a name that are shown at most."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu."""

    value: str
    label: str
    detail: str = ""
    part: str = ""
    """The submenu it is in; "" for none."""
    ask: bool = False
    """The rest of the value is typed."""

    @property
    def full(self) -> str:
        return f"{self.part} · {self.label}" if self.part else self.label


class MenuPicker(Control):
    """Asks `entries` each time it opens, so that it never offers what was true before."""

    def __init__(self, theme: Theme, label: str, help: str, entries: Callable[[], Sequence[MenuEntry]]) -> None:
        super().__init__()
        self._label, self._entries = label, entries
        self._value = ""
        self._before = ""
        self.menu: QMenu | None = None
        self.button = Button(theme, ButtonLook.CHIP, Face(menu=True), label, self)
        self.button.setAccessibleDescription(help)
        self.button.clicked.connect(self._open)
        self.field = QLineEdit(self)
        self.field.setAccessibleName(shown("{setting}: other", setting=label))
        self.field.setFont(interface_font(13))
        self.field.setFixedHeight(32)
        self.field.setMinimumWidth(120)
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self._typed)
        self.field.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.field)
        self.setFixedHeight(32)
        self.setFocusProxy(self.button)

    def show_value(self, value: object) -> None:
        self._value = str(value)
        entry = next((e for e in self._entries() if e.value == value and not e.ask), None)
        text = one_line(entry.full if entry else self._value, LABEL)
        self.button.show_face(Face(text=text, menu=True))
        self.button.name(shown("{setting}: {value}", setting=self._label, value=text))
        self.button.setToolTip(tip(text))

    def entry(self) -> MenuEntry | None:
        """The chosen one, if it is offered."""
        return next((e for e in self._entries() if e.value == self._value and not e.ask), None)

    def typed(self) -> bool:
        text = self.field.text().strip()
        return not self.field.isHidden() and bool(text) and self._before + text != self._value

    def give_up(self) -> None:
        """Shows the choice again in place of the field."""
        if not self.field.isHidden():
            self.field.clear()
            self._leave_field()

    def _open(self) -> None:
        menu = QMenu(self)
        parts: dict[str, QMenu] = {"": menu}
        for entry in self._entries():
            if entry.part not in parts:
                parts[entry.part] = menu.addMenu(one_line(entry.part, LABEL).replace("&", "&&"))
            label, detail = one_line(entry.label, LABEL), one_line(entry.detail, LABEL)
            text = f"{label}\t{detail}" if detail else label
            action = parts[entry.part].addAction(text.replace("&", "&&"))
            action.setCheckable(not entry.ask)
            action.setChecked(entry.value == self._value)
            action.triggered.connect(lambda _on=False, entry=entry: self._choose(entry))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.setMinimumWidth(self.button.width())
        self.menu = menu
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 4)))

    def _choose(self, entry: MenuEntry) -> None:
        if entry.ask:
            self._before = entry.value
            self.field.setPlaceholderText(entry.detail or shown("Name"))
            self.field.setText(self._value.removeprefix(entry.value) if self._value.startswith(entry.value) else "")
            self.button.hide()
            self.field.show()
            self.field.setFocus(Qt.FocusReason.TabFocusReason)
            self.field.selectAll()
        else:
            self.changed.emit(entry.value)

    def _typed(self) -> None:
        if self.field.isHidden():
            return
        text = self.field.text().strip()
        self._leave_field()
        if text and self._before + text != self._value:
            self.changed.emit(self._before + text)

    def _leave_field(self) -> None:
        focused = self.field.hasFocus()
        self.field.hide()
        self.button.show()
        if focused:
            self.button.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Esc leaves only the field, not the sheet."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.give_up()
            event.accept()  # also the override of the window's shortcut
            return True
        return False


# ---------------------------------------------------------------- languages
# By their names; the setting holds codes.

EXAMPLE = "en, pt"


class LanguagesControl(LineControl):
    """A line of names. What is no language is passed on as it is, for `unknown_language` to refuse."""

    def __init__(self, declared: SettingDeclaration) -> None:
        super().__init__(replace(declared, example=language_names(EXAMPLE)))

    def show_value(self, value: object) -> None:
        super().show_value(language_names(str(value)))

    def _finished(self) -> None:
        text = self.field.text().strip()
        codes, unknown = language_codes(text)
        if not unknown:
            self.field.setText(language_names(codes))
            self._shown = self.field.text()
        self.changed.emit(text if unknown else codes)


def unknown_language(text: str) -> str:
    """What is wrong with it, as a sentence; "" if nothing is."""
    _, unknown = language_codes(text)
    if not unknown:
        return ""
    return shown(
        "Not used: “{word}” is no language that is known here. It should look like {example}",
        word=unknown[:40],
        example=language_names(EXAMPLE),
    )
