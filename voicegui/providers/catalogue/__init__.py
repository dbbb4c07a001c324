"""The models that can be downloaded, those that are here, and how they come.

catalogue = Catalogue.from_environment()
model = catalogue.choose(memory_bytes, cores)
path = catalogue.installed(model) or await catalogue.fetch(model, progress)
"""

from .catalogue import Catalogue
from .entries import Mirror, Model, ModelRole

__all__ = ["Catalogue", "Mirror", "Model", "ModelRole"]
