"""Who was asked for what: enough for a sentence when it fails."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from .service import ServiceConfig, Stage, is_loopback


@dataclass(frozen=True, slots=True)
class Asked:
    service: str
    """What people call it."""
    stage: Stage | None = None
    """None: its list of models."""
    model: str = ""
    host: str = ""
    place: str = ""
    """Its address without `http://`."""
    local: bool = False
    """It runs on this machine."""

    @classmethod
    def of(cls, service: ServiceConfig, stage: Stage | None = None, model: str = "") -> "Asked":
        url = service.url(stage) if stage else service.base_url
        parts = urlsplit(url)
        return cls(service.label, stage, model, parts.hostname or "", parts.netloc + parts.path, is_loopback(url))
