"""`voicegui models list|get NAME`."""

import sys
from typing import TYPE_CHECKING

from voicegui.app.services import load_catalogue
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import shown, shown_plural
from voicegui.storage.profile import Profile

from .output import write_over

if TYPE_CHECKING:
    from voicegui.providers.catalogue import Catalogue, Model

_BAR = 30


def show_models(profile: Profile) -> int:
    from voicegui.providers.catalogue.selection import choose_model

    catalogue = load_catalogue(profile)
    chosen = choose_model(catalogue)
    print(shown("Models are kept in {folder}", folder=one_line(str(catalogue.folder))), end="\n\n")
    for model in catalogue.models():
        print(_line(catalogue, model, chosen.name))
    return 0


def _line(catalogue: "Catalogue", model: "Model", chosen: str) -> str:
    from voicegui.providers.catalogue.selection import is_here

    here = shown("here") if is_here(catalogue, model) else "-"
    size = shown("{size} MB", size=f"{model.weights.size / 1e6:,.0f}")
    about = f"{model.label}, {model.publisher}, {model.licence}"
    default = f"  {shown('(suits this machine)')}" if model.name == chosen else ""
    return f"{model.name:<18} {here:<5} {size:>9}  {about}{default}"


async def get(profile: Profile, name: str) -> int:
    """Raises VoiceError."""
    catalogue = load_catalogue(profile)
    try:
        model = catalogue.find(name)
    except VoiceError as unknown:
        raise VoiceError(ErrorCode.BAD_SETTINGS, unknown.whole) from unknown
    bar = _Bar()
    path = await catalogue.fetch(model, bar.show)
    bar.end()
    print(one_line(str(path)))
    return 0


class _Bar:
    """A progress bar on the terminal; one line a tenth where there is none."""

    def __init__(self) -> None:
        self._tenths = -1
        self._shown = False

    def end(self) -> None:
        if self._shown and sys.stderr.isatty():
            print(file=sys.stderr)

    def show(self, loading: LoadingProgress) -> None:
        part = loading.done / loading.total if loading.total else 0.0
        left = (loading.total - loading.done) / loading.bytes_per_second if loading.bytes_per_second else 0.0
        done, total = f"{loading.done / 1e6:,.0f}", f"{loading.total / 1e6:,.0f}"
        amount = shown("{done} of {total} MB", done=done, total=total) if loading.total else ""
        speed = shown("{speed} MB/s", speed=f"{loading.bytes_per_second / 1e6:.1f}")
        text = "  ".join((loading.what, amount, speed, shown_plural("{count} s left", "{count} s left", round(left))))
        self._shown = True
        if sys.stderr.isatty():
            write_over(sys.stderr, f"{'█' * int(part * _BAR):░<{_BAR}} {one_line(text):<80}")
        elif int(part * 10) != self._tenths:
            self._tenths = int(part * 10)
            print(one_line(text), file=sys.stderr, flush=True)
