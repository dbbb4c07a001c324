"""The upper part of the window: which model, microphone, speaker and voice are in use, and the settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from voicegui.core.model_choice import ModelChoice
from voicegui.core.ports import DeviceInfo
from voicegui.core.session import PickerChoice, Session
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import one_line, tip
from voicegui.core.wording import marked, shown

from .buttons import Button, ButtonLook, Face
from .shortcuts import ALOUD_KEY, CONTINUE_KEY, NEW_KEY
from .theme import Theme

CHIP_HEIGHT = 52
CHIP_WIDTH = 290
GAP = 8
TITLE_PADDING = 8
LEAST_DETAIL = 64
"""Logical pixels below which a shortened name tells nothing."""
LABEL = 200
"""Characters of a name that are shown at most."""
MODEL, MICROPHONE, SPEAKER, VOICE = marked("Model"), marked("Microphone"), marked("Speaker"), marked("Voice")
_NAMES = (MODEL, MICROPHONE, SPEAKER, VOICE)
"""Of the chips, from left to right."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu; choosing it makes `settings`."""

    label: str
    detail: str
    current: bool
    settings: Settings


@dataclass(frozen=True, slots=True)
class HeaderPicker:
    """One chip: its name, face and what it offers."""

    name: str
    face: Face
    options: Sequence[Option]
    about: Sequence[str] = ()
    """Lines that say more, for the tooltip and for screen readers."""

    def with_name(self, choice: str) -> str:
        """ "Microphone: USB Headset"."""
        return shown("{picker}: {choice}", picker=self.name, choice=choice)


def pickers(session: Session) -> Sequence[HeaderPicker]:
    """Model, microphone, speaker and voice, as they are now. The first one says where what is said goes."""
    settings, where = session.settings, session.whereabouts()
    models = session.stage_models("llm")
    model = _current(models, settings.llm)
    chosen = ModelChoice.parse(settings.llm)
    service = next((each for each in session.services() if each.name == chosen.provider), None)
    if model:
        label = model.label
    elif chosen.model:
        label = chosen.model
    else:  # "This machine" would only say once more what the sign says
        label = "" if chosen.provider == "local" else service.label if service else chosen.provider
    return (
        HeaderPicker(
            shown(MODEL),
            Face(where.icon, where.sign, one_line(label, LABEL), menu=True),
            [_option(c, c == model, replace(settings, llm=c.name)) for c in models],
            where.lines,
        ),
        _devices(
            shown(MICROPHONE), "microphone", session.devices.microphones(), settings.microphone,
            shown("No microphone") if session.devices.looked else shown("looking…"),
            lambda name: replace(settings, microphone=name),
        ),
        _devices(
            shown(SPEAKER), "speaker", session.devices.speakers(), settings.speaker,
            shown("No speaker") if session.devices.looked else shown("looking…"),
            lambda name: replace(settings, speaker=name),
        ),
        _voices(session, settings),
    )  # fmt: skip


def _current(choices: Sequence[PickerChoice], name: str) -> PickerChoice | None:
    """The chosen one; a provider without a model means its first one that is there."""
    chosen = ModelChoice.parse(name)
    own = (c for c in choices if c.available and ModelChoice.parse(c.name).provider == chosen.provider)
    first = None if chosen.model else next(own, None)
    return next((c for c in choices if c.name == name), first)


def _option(choice: PickerChoice, current: bool, settings: Settings) -> Option:
    detail = choice.detail
    if not choice.available:
        detail = shown("download {size}", size=detail) if detail else shown("download")
    return Option(one_line(choice.label, LABEL), one_line(detail, LABEL), current, settings)


def _devices(
    name: str, icon: str, devices: Sequence[DeviceInfo], chosen: str, missing: str, change: Callable[[str], Settings]
) -> HeaderPicker:
    """`missing`: what is shown in place of a device."""
    labels = {device.name: one_line(device.label, LABEL) for device in devices}
    default = next((labels[d.name] for d in devices if d.is_default), "")
    used = labels.get(chosen, default)
    options = [Option(shown("System default"), default, not chosen, change(""))]
    options += [Option(labels[d.name], "", d.name == chosen, change(d.name)) for d in devices]
    return HeaderPicker(name, Face(icon, detail=used or missing, menu=True), options)


def _voices(session: Session, settings: Settings) -> HeaderPicker:
    """Of who speaks now: this machine and the services have voices of their own."""
    service = ModelChoice.parse(settings.tts).provider
    here = service == "local"
    chosen = settings.voice if here else settings.cloud_voice
    voices = session.voices(service)
    options = [
        _option(c, c.name == chosen, replace(settings, voice=c.name) if here else replace(settings, cloud_voice=c.name))
        for c in voices
    ]
    used = next((c for c in voices if c.name == chosen), PickerChoice(chosen, chosen))
    name = one_line(used.short or used.label, LABEL)
    return HeaderPicker(shown(VOICE), Face("voice", detail=name, menu=True), options, (used.kind,) if used.kind else ())


def _with_key(label: str, key: str) -> str:
    """As Qt reads what stands in a menu."""
    return f"{label}\t{shown(key)}"


def _as_sentences(lines: Sequence[str]) -> str:
    """Of lines without a full stop."""
    first, *rest = lines or ("",)
    return shown("{first}. {second}", first=first, second=_as_sentences(rest)) if rest else first


class Header(QWidget):
    """A chip for each picker; in a narrow window one chip with all of them."""

    chosen = Signal(object)
    """The changed `Settings`."""
    settings = Signal()
    new = Signal()
    go_on = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pickers: Sequence[HeaderPicker] = ()
        self._menu: QMenu | None = None
        self._title = Face("", shown("Conversation"), menu=True)
        self.talks = Button(theme, ButtonLook.TITLE, self._title, shown("Conversation menu"), self)
        self.talks.clicked.connect(self._open_talks)
        self.can_go_on: Callable[[], bool] = lambda: False
        self._settings: Settings | None = None
        self.setFixedHeight(CHIP_HEIGHT)
        self.chips = [self._chip(index) for index in range(len(_NAMES))]
        devices = Face("menu", shown("Devices"), menu=True)
        self.all = Button(theme, ButtonLook.CHIP, devices, shown("Model and devices"), self)
        self.all.clicked.connect(lambda: self._open(self.all, self._pickers))
        self.gear = Button(theme, ButtonLook.FLAT, Face("settings"), shown("Settings"), self)
        self.gear.clicked.connect(self.settings)
        self.show_pickers(())

    def show_settings(self, settings: Settings) -> None:
        self._settings = settings

    def _open_talks(self) -> None:
        """What can be done with whole conversations."""
        menu = QMenu(self)
        menu.addAction(_with_key(shown("New conversation"), NEW_KEY), self.new.emit)
        go_on = menu.addAction(_with_key(shown("Continue the last one"), CONTINUE_KEY), self.go_on.emit)
        go_on.setEnabled(self.can_go_on())
        if (settings := self._settings) is not None:
            menu.addSeparator()
            aloud = menu.addAction(_with_key(shown("Read answers to typed questions aloud"), ALOUD_KEY))
            aloud.setCheckable(True)
            aloud.setChecked(settings.read_aloud)
            aloud.triggered.connect(lambda on: self.chosen.emit(replace(settings, read_aloud=on)))
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self.talks.mapToGlobal(QPoint(0, self.talks.height() + 4)))

    def show_pickers(self, pickers: Sequence[HeaderPicker]) -> None:
        self._pickers = pickers
        for chip, picker in zip(self.chips, pickers, strict=False):
            chip.show_face(picker.face)
            chip.name(picker.with_name(f"{picker.face.text} {picker.face.detail}".strip()))
            own = [picker.with_name(picker.face.detail)] if picker.face.detail else []
            chip.setToolTip(tip("\n".join((*own, *picker.about))))
            chip.setAccessibleDescription(_as_sentences(picker.about))
        if pickers:
            self.all.setToolTip(self.chips[0].toolTip())
            self.all.setAccessibleDescription(_as_sentences((self.chips[0].accessibleName(), *pickers[0].about)))
        self.arrange()

    def _chip(self, index: int) -> Button:
        chip = Button(self._theme, ButtonLook.CHIP, Face(), shown(_NAMES[index]), self)
        chip.limit(CHIP_WIDTH if index == 0 else 168)
        chip.clicked.connect(lambda: self._open(chip, self._pickers[index : index + 1]))
        return chip

    def _open(self, chip: Button, pickers: Sequence[HeaderPicker]) -> None:
        menu = QMenu(self)
        for picker in pickers:
            title = picker.with_name(picker.face.detail or picker.face.text).replace("&", "&&")
            part = menu if len(pickers) == 1 else menu.addMenu(title)
            for option in picker.options:
                text = f"{option.label}\t{option.detail}" if option.detail else option.label
                action = part.addAction(text.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(option.current)
                action.triggered.connect(lambda _on=False, made=option.settings: self.chosen.emit(made))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.setMinimumWidth(chip.width())
        self._menu = menu
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height() + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.arrange()

    def arrange(self) -> None:
        padding = 24 if self.width() >= 640 else 16
        x = self.width() - padding + 8 - 32
        self.gear.setGeometry(x, 10, 32, 32)
        room = self._room(x - padding, self._title)
        widths = [chip.sizeHint().width() for chip in self.chips]
        spare = room - sum(widths) - GAP * len(widths)
        wide = spare >= 0
        for chip in self.chips:
            chip.setVisible(wide and bool(self._pickers))
        self.all.setVisible(not wide and bool(self._pickers))
        if not wide and self._least() > room - GAP:
            room = self._room(x - padding, Face("menu"))
        title = self.talks.wanted_width()
        placed = zip(self.chips, self._widened(widths, spare), strict=True)
        for chip, width in reversed([*placed] if wide else [(self.all, self._narrow(room - GAP))]):
            x -= width + GAP
            chip.setGeometry(x, 10, width, 32)
        left = padding - TITLE_PADDING  # its words stand where the transcript may begin
        self.talks.setGeometry(left, 10, min(title, max(0, x - GAP - left)), 32)
        self.update()

    def _room(self, whole: int, title: Face) -> int:
        """What is left for the chips beside the menu of conversations with that face."""
        self.talks.show_face(title)
        return whole - self.talks.wanted_width() + TITLE_PADDING - GAP

    def _least(self) -> int:
        """Width of the one chip that tells where what is said goes, and no more."""
        if self._pickers:
            self.all.show_face(replace(self._pickers[0].face, detail=""))
        return self.all.wanted_width()

    def _narrow(self, room: int) -> int:
        """Width of the one chip. Where what is said goes is always told, the name of the model where there is room."""
        if self._pickers and self._least() + GAP + LEAST_DETAIL <= room:
            self.all.show_face(self._pickers[0].face)
        return min(self.all.wanted_width(), room)

    def _widened(self, widths: Sequence[int], spare: int) -> Sequence[int]:
        """What is left of the line goes to the name of the model first."""
        made = []
        for chip, width in zip(self.chips, widths, strict=True):
            more = max(0, min(chip.wanted_width() - width, spare))
            spare -= more
            made.append(width + more)
        return made

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, CHIP_HEIGHT - 1, self.width(), 1, self._theme.color("line"))
        painter.end()
