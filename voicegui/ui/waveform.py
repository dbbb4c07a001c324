"""The waveform, drawn by pyqtgraph. Imported only after the first paint, in a thread: it brings numpy with it."""

import time
from collections import deque

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from voicegui.core.wording import shown

from .level_feed import BLOCKS, LevelFeed, VoiceLevel
from .theme import Theme

PITCH = 3
"""Logical pixels from one bar to the next."""
BAR = 2


class Bars(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """One item for all bars: a few hundred rectangles in four colours."""

    def __init__(self, theme: Theme, levels: LevelFeed) -> None:
        super().__init__()
        self._theme = theme
        self._levels = levels
        self._rect = QRectF()

    def fit(self, rect: QRectF) -> None:
        self.prepareGeometryChange()
        self._rect = rect

    def boundingRect(self) -> QRectF:  # noqa: N802
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for role, rects in self._rects():
            painter.setBrush(self._theme.color(role))
            painter.drawRects(rects)

    def _rects(self) -> list[tuple[str, list[QRect]]]:
        """Bars by colour. On a narrow window each bar stands for several blocks, so that it still shows six seconds."""
        width, height = int(self._rect.width()), int(self._rect.height())
        count = min(width // PITCH, BLOCKS)
        group = max(1, round(BLOCKS / max(count, 1)))
        whole = int(self._levels.position)
        # groups keep their blocks while they move, or bars would flicker
        into = whole % group
        end = BLOCKS - (self._levels.until - whole) - into
        count = min(count, end // group)
        heights = np.fromiter(self._levels.heights, np.float64, BLOCKS)[end - count * group : end]
        voices = np.fromiter(self._levels.voices, np.int8, BLOCKS)[end - count * group : end]
        heights, voices = heights.reshape(-1, group).max(axis=1), voices.reshape(-1, group).max(axis=1)
        pixels = np.maximum(1, np.rint(heights * (height / 2 - 1))).astype(int)
        middle = height // 2
        scrolled = round((into + self._levels.position - whole) / group * PITCH)
        left = width - count * PITCH + PITCH - BAR - scrolled
        roles = {
            VoiceLevel.NOBODY: "silence",
            VoiceLevel.SOUND: "faint",
            VoiceLevel.USER: "you",
            VoiceLevel.AGENT: "agent",
        }
        made: dict[int, list[QRect]] = {voice: [] for voice in VoiceLevel}
        for index, (half, voice) in enumerate(zip(pixels.tolist(), voices.tolist(), strict=True)):
            made[voice].append(QRect(left + index * PITCH, middle - half, BAR, 2 * half))
        return [(roles[VoiceLevel(voice)], rects) for voice, rects in made.items() if rects]


class Waveform(pg.GraphicsView):  # type: ignore[misc]
    """The last six seconds. Repaints only when `LevelFeed.moved` says that the picture has changed."""

    def __init__(self, theme: Theme, levels: LevelFeed, frame_ms: deque[float], frame_at: deque[float]) -> None:
        """`frame_ms` gets the ms each frame took (pull, compute, paint), `frame_at` when, in monotonic seconds."""
        self._bars: Bars | None = None  # before super: it calls resizeEvent
        super().__init__(None, useOpenGL=False, background=theme.tokens.surface)
        self._theme = theme
        self._levels = levels
        self._frame_ms = frame_ms
        self._frame_at = frame_at
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(shown("Sound of the last six seconds"))
        about = shown("What was said, what was answered, and other sounds, each in a colour of its own")
        self.setAccessibleDescription(about)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self._bars = Bars(theme, levels)
        self.addItem(self._bars)
        levels.moved.connect(self._bars.update)
        theme.changed.connect(self._recolour)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._bars is not None:
            self.setRange(QRectF(0, 0, self.width(), self.height()), padding=0)
            self._bars.fit(QRectF(0, 0, self.width(), self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        began = time.perf_counter()
        super().paintEvent(event)
        self._frame_ms.append((time.perf_counter() - began) * 1000 + self._levels.pull_ms)
        self._frame_at.append(time.monotonic())

    def _recolour(self) -> None:
        self.setBackground(self._theme.tokens.surface)
