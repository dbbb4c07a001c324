"""Files that come with the program: model catalogue, icons, presets, towns.

Alone at the top of the package: every part may import it, and it imports none of them.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Path of a file or folder under `resources/`, in a wheel, a bundle or a checkout.

    A wheel and a bundle hold the folder as `voicegui/resources`, a checkout beside `voicegui`.
    """
    packaged = _HERE / "resources"
    return (packaged if packaged.is_dir() else _HERE.parent / "resources") / name


def in_repository(name: str) -> Path | None:
    """A file of the repository, if the program runs from there."""
    top = Path(__file__).resolve().parents[1]
    found = top / name
    return found if (top / "Makefile").is_file() and found.is_file() else None
