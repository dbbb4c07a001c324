"""The icons of `resources/icons`, tinted."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


def resource(*parts: str) -> Path:
    """A file of `resources/`: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources").joinpath(*parts)


class Icons:
    """Renders each icon once per colour, size and scale."""

    def __init__(self) -> None:
        self._cache: dict[tuple[str, str, int, float], QPixmap] = {}

    def paint(self, painter: QPainter, name: str, colour: str, x: float, y: float, size: int) -> None:
        """Draws an icon `size` logical pixels high with its top left corner at (x, y)."""
        pixmap = self.pixmap(name, colour, size, painter.device().devicePixelRatio())
        painter.drawPixmap(QRectF(x, y, size, size), pixmap, QRectF(pixmap.rect()))

    def icon(self, name: str, colour: str, size: int = 16) -> QIcon:
        """`colour` "" keeps the colours of the file."""
        made = QIcon()
        for scale in (1.0, 2.0):
            made.addPixmap(self.pixmap(name, colour, size, scale))
        return made

    def pixmap(self, name: str, colour: str, size: int, scale: float) -> QPixmap:
        key = (name, colour, size, scale)
        if key not in self._cache:
            self._cache[key] = _render(*key)
        return self._cache[key]


def _render(name: str, colour: str, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * scale), round(size * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(str(resource("icons", f"{name}.svg"))).render(painter)
    if colour:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
