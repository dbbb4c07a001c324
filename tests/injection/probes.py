"""All attacks that are no conversation: the `PROBES` of each module here whose name ends with `_probes`."""

import pkgutil
from importlib import import_module
from pathlib import Path

from .probe import Probe

_NAMES = [each.name for each in pkgutil.iter_modules([str(Path(__file__).parent)])]
_MODULES = sorted(name for name in _NAMES if name.endswith("_probes") and not name.startswith("test_"))
PROBES: tuple[Probe, ...] = tuple(probe for name in _MODULES for probe in import_module(f".{name}", __package__).PROBES)
