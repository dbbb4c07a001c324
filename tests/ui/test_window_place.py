"""Size and place of the window: on a screen that exists, no larger than that, and where it was left."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication

from voicegui.ui.window import MainWindow
from voicegui.ui.window_place import LEAST, WindowPlace, fitted, least_size, load_place, save_place

FULL_HD = QRect(0, 0, 1920, 1080)
HALF = QRect(0, 0, 960, 540)
"""1920 × 1080 at 200 %."""
NETBOOK = QRect(0, 0, 1024, 600)
PANEL = QRect(64, 32, 1856, 1048)
LEFT = QRect(-1280, 100, 1280, 1024)
SMALL = QRect(0, 0, 512, 300)
"""1024 × 600 at 200 %."""


@pytest.mark.parametrize(
    ("wanted", "screens", "rect"),
    [
        (QRect(100, 100, 1000, 720), [FULL_HD], QRect(100, 100, 1000, 720)),
        (QRect(300, 200, 1000, 720), [HALF], QRect(16, 48, 944, 492)),
        (QRect(1500, 700, 1000, 720), [FULL_HD], QRect(920, 360, 1000, 720)),
        (QRect(-400, 100, 1000, 720), [FULL_HD], QRect(0, 100, 1000, 720)),
        (QRect(100, 0, 1000, 720), [FULL_HD], QRect(100, 40, 1000, 720)),
        (QRect(70, 40, 3000, 2000), [PANEL], QRect(70, 72, 1840, 1000)),
        (QRect(-1000, 300, 800, 600), [FULL_HD, LEFT], QRect(-1000, 300, 800, 600)),
        (QRect(-1000, 300, 800, 600), [FULL_HD], QRect(560, 240, 800, 600)),
        (QRect(5000, 5000, 800, 600), [FULL_HD, LEFT], QRect(560, 240, 800, 600)),
        (QRect(-60_000, 20, 800, 600), [FULL_HD], QRect(560, 240, 800, 600)),
        (QRect(100, 100, 1, 1), [FULL_HD], QRect(100, 100, 440, 460)),
        (QRect(0, 0, 440, 460), [SMALL], QRect(0, 40, 440, 252)),
        (QRect(1900, 500, 800, 600), [FULL_HD], QRect(560, 240, 800, 600)),
        (QRect(10, 1070, 800, 600), [FULL_HD], QRect(560, 240, 800, 600)),
    ],
)
def test_a_remembered_place_is_brought_onto_a_screen(wanted: QRect, screens: list[QRect], rect: QRect) -> None:
    made = fitted(wanted, screens)
    assert any(screen.contains(made) for screen in screens)
    assert made == rect


@pytest.mark.parametrize("screen", [FULL_HD, HALF, NETBOOK, PANEL, LEFT, SMALL, QRect(0, 0, 360, 640)])
@pytest.mark.parametrize("wanted", [None, QRect(0, 0, 1, 1), QRect(900, 500, 4000, 4000), QRect(-9, -9, 700, 500)])
def test_it_fits_every_screen_with_its_frame(wanted: QRect | None, screen: QRect) -> None:
    made = fitted(wanted, [screen])
    assert screen.contains(made)
    assert made.width() <= screen.width() - 16 and made.height() <= screen.height() - 48
    least = least_size(screen)
    assert made.width() >= least.width() and made.height() >= least.height()
    assert least == LEAST or least.width() < LEAST.width() or least.height() < LEAST.height()


def test_without_a_screen_nothing_breaks() -> None:
    assert fitted(None, []).size() == QSize(1000, 720)
    assert fitted(QRect(1, 2, 3, 4), []) == QRect(1, 2, 3, 4)


@pytest.mark.parametrize("place", [WindowPlace(QRect(10, 20, 800, 600)), WindowPlace(QRect(-1200, 30, 441, 461), True)])
def test_what_is_kept_is_found(tmp_path: Path, place: WindowPlace) -> None:
    save_place(tmp_path / "window.ini", place)
    assert load_place(tmp_path / "window.ini") == place


@pytest.mark.parametrize(
    "text",
    [
        "", "nothing of the kind", "\0\1\2\xff", "[General]\nx=1\ny=2\nwidth=800\n",
        "[General]\nx=1\ny=2\nwidth=0\nheight=600\n", "[General]\nx=1\ny=2\nwidth=800\nheight=-600\n",
        "[General]\nx=a\ny=2\nwidth=800\nheight=600\n", "[General]\nx=1e5\ny=2\nwidth=800\nheight=600\n",
        "[General]\nx=1, 2\ny=2\nwidth=800\nheight=600\n",
        "[General]\nx=99999999999999999999\ny=2\nwidth=8\nheight=6\n",
        "[General]\nx=nan\ny=2\nwidth=800\nheight=600\n", "[Other]\nx=1\ny=2\nwidth=800\nheight=600\n",
        "[General]\nx=@Invalid()\ny=2\nwidth=800\nheight=600\n",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_forgotten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "window.ini"
    file.write_text(text, "latin-1")
    assert load_place(file) is None


def test_what_cannot_be_kept_is_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "window.ini"
    folder.mkdir()
    save_place(folder, WindowPlace(QRect(1, 2, 3, 4)))
    assert load_place(folder) is None and load_place(tmp_path / "nowhere.ini") is None


def test_the_window_comes_back_as_it_was(app: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    size = QSize(520, 500)
    for turn in range(3):
        window = MainWindow(kept_in=file)
        if turn:
            assert window.size() == size
        window.show()
        window.resize(size)
        app.processEvents()
        window.close()
        window.hide()
        window.join()
        window.deleteLater()
        app.processEvents()
    kept = load_place(file)
    assert kept is not None and not kept.maximised
