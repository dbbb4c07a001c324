"""Small pictures of numbers: the voice meter, the latency bar, the progress line, the waveform before it is there.

The real waveform is too heavy for the first paint: pyqtgraph and numpy are imported in a thread.
"""

import logging
import threading
from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voicegui.core.events import Timings
from voicegui.core.settings import declared
from voicegui.core.text.sanitiser import tip
from voicegui.core.wording import listed_with_commas, sentences, shown

from .paragraphs import LatencyPart, stages
from .theme import Theme, interface_font, tabular

logger = logging.getLogger(__name__)


STAGE_ROLES = {
    LatencyPart.NOTICING: "waiting", LatencyPart.HEARING: "you", LatencyPart.THINKING: "agent",
    LatencyPart.SPEAKING: "warning",
}  # fmt: skip


class VoiceMeter(QWidget):
    """How sure it is that the microphone hears a voice, with the threshold in force as a line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._value = 0.0
        self._thresholds = (0.5, 0.5)
        self._over_reply = False
        self.setFixedSize(160, 20)
        self.setAccessibleName(shown("Voice meter"))
        self._explain()

    def show_value(self, probability: float) -> None:
        """`probability` 0..1."""
        before, self._value = self._value, min(max(probability, 0.0), 1.0)
        if round(before * self.width()) != round(self._value * self.width()):
            self.update()

    def show_thresholds(self, usual: float, over_reply: float) -> None:
        """Probabilities 0..1 from which on a sound counts as speech."""
        self._thresholds = (usual, over_reply)
        self._explain()

    def show_over_reply(self, on: bool) -> None:
        """Whether an answer is being made or spoken: then the other threshold is in force."""
        if on is not self._over_reply:
            self._over_reply = on
            self._explain()

    @property
    def _threshold(self) -> float:
        return self._thresholds[self._over_reply]

    def _explain(self) -> None:
        name = "speaking_threshold" if self._over_reply else "threshold"
        setting = next(each for each in declared() if each.name == name)
        about = (
            shown("How sure it is that it hears a voice; not how loud it is."),
            shown("What reaches the line counts as speech: {threshold} now.", threshold=f"{self._threshold:.0%}"),
            shown("If noise reaches it, or your words do not, move it: Settings, {group}, {setting}.",
                  group=shown(setting.group.label), setting=shown(setting.label)),
        )  # fmt: skip
        self.setToolTip(tip("\n".join(about)))
        self.setAccessibleDescription(sentences(*about).shown())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        painter.setBrush(self._theme.color("chip"))
        painter.drawRoundedRect(QRectF(0, middle - 3, self.width(), 6), 3, 3)
        if self._value > 0.02:
            painter.setBrush(self._theme.color("you" if self._value >= self._threshold else "faint"))
            painter.drawRoundedRect(QRectF(0, middle - 3, max(6.0, self.width() * self._value), 6), 3, 3)
        painter.setBrush(self._theme.color("secondary"))
        painter.drawRect(QRectF(self.width() * self._threshold - 1, middle - 7, 2, 14))
        painter.end()


class LatencyBar(QWidget):
    """The last turn, from the end of speech to the first sound, stage by stage."""

    BAR = 160

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = tabular(interface_font(13))
        self._stages: Sequence[tuple[LatencyPart, float]] = ()
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def total_ms(self) -> float:
        return sum(ms for _part, ms in self._stages)

    def show_timings(self, timings: Timings) -> None:
        if timings.voice_to_voice is None:
            return
        self._stages = stages(timings)
        self._told(timings)

    def clear(self) -> None:
        """Of another conversation nothing is shown."""
        self._stages = ()
        self.setToolTip("")
        self.setAccessibleName("")
        self.updateGeometry()
        self.update()

    def _told(self, timings: Timings) -> None:
        self.setToolTip(tip(describe(timings)))
        latency = listed_with_commas(latency_lines(timings))
        self.setAccessibleName(shown("Last turn: {latency}", latency=latency))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        if not self._stages:
            return QSize(0, 20)
        return QSize(round(self.BAR + 8 + QFontMetricsF(self._font).horizontalAdvance(_milliseconds(1000)) + 1), 20)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if not self._stages:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        x = 0.0
        for part, ms in self._stages:
            width = self.BAR * ms / max(self.total_ms, 1)
            painter.setBrush(self._theme.color(STAGE_ROLES[part]))
            painter.drawRoundedRect(QRectF(x, middle - 4, max(0.0, width - 1), 8), 1.5, 1.5)
            x += width
        painter.setFont(self._font)
        painter.setPen(self._theme.color("secondary"))
        right = self.rect().adjusted(self.BAR + 8, 0, 0, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter, _milliseconds(self.total_ms))
        painter.end()


def describe(timings: Timings) -> str:
    """A turn's latency in words."""
    return "\n".join(latency_lines(timings))


def latency_lines(timings: Timings) -> Sequence[str]:
    """All of it, then each part."""
    parts = stages(timings)
    if not parts:
        return ()
    total = shown("Answered after {time}", time=_milliseconds(sum(ms for _part, ms in parts)))
    return [total, *(shown("{part} {time}", part=shown(part.value), time=_milliseconds(ms)) for part, ms in parts)]


def _milliseconds(number: float) -> str:
    return shown("{number} ms", number=f"{number:.0f}")


class ProgressLine(QWidget):
    """A line along the top of the dock; it is the dock's own border while nothing loads."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._part: float | None = None
        self.setFixedHeight(3)

    def show_part(self, part: float | None) -> None:
        """0..1, or None when nothing loads."""
        self._part = part
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1 if self._part is None else 3, self._theme.color("line"))
        if self._part is not None:
            painter.fillRect(0, 0, round(self.width() * self._part), 3, self._theme.color("you"))
        painter.end()


class StillWaveform(QWidget):
    """What the waveform looks like in silence, until it has been loaded."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        colour = self._theme.color("silence")
        for x in range(0, self.width(), 3):
            painter.fillRect(x, self.height() // 2 - 1, 2, 2, colour)
        painter.end()


# ---------------------------------------------------------------- import of the waveform


class WaveformImport(QObject):
    """Imports `waveform` beside the GUI thread. `done` arrives on the GUI thread with its class."""

    done = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.Thread(target=self._import, name="waveform import", daemon=True)

    def start(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    def join(self) -> None:
        """Waits for the import, about a second at most: a thread must not outlive what it signals to."""
        if self._thread.ident is not None:
            self._thread.join()

    def _import(self) -> None:
        try:
            module = import_module("voicegui.ui.waveform")
        except ImportError:  # the window works without: a still line stays in its place
            logger.exception("the waveform cannot be drawn")
        else:
            self.done.emit(module.Waveform)
