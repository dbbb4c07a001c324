"""Where the models that can be downloaded are, of one profile."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.storage.profile import Profile

if TYPE_CHECKING:
    from voicegui.providers.catalogue import Catalogue
    from voicegui.providers.catalogue.verification import Stamps


@cache
def _stamps(folder: Path | None) -> "Stamps":
    from voicegui.providers.catalogue.verification import Stamps

    return Stamps(folder)


def load_catalogue(profile: Profile) -> "Catalogue":
    from voicegui.providers.catalogue import Catalogue

    return Catalogue.from_environment(_stamps(None if profile.problem else profile.verified_models))
