"""What the settings `stt`, `llm` and `tts` say: who does a stage, and with which model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .events import Stage
from .settings import Settings


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """ "PROVIDER[:MODEL]", taken apart at its first colon; the model may hold more of them ("custom:qwen2.5:0.5b")."""

    provider: str
    model: str = ""
    """ "" means the provider's usual one."""
    has_bare_colon: bool = field(default=False, kw_only=True, compare=False, repr=False)
    """It was written with a colon and nothing after it, which means the same as without."""

    def __post_init__(self) -> None:
        if ":" in self.provider:
            raise ValueError(f"a provider's name has no colon: {self.provider!r}")

    @classmethod
    def parse(cls, text: str) -> "ModelChoice":
        """Takes any text; `str` gives exactly it back."""
        provider, colon, model = text.partition(":")
        return cls(provider, model, has_bare_colon=bool(colon) and not model)

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model or self.has_bare_colon else self.provider


def model_choices(settings: Settings) -> Mapping[Stage, ModelChoice]:
    return {
        Stage.STT: ModelChoice.parse(settings.stt),
        Stage.LLM: ModelChoice.parse(settings.llm),
        Stage.TTS: ModelChoice.parse(settings.tts),
    }


def providers_in_use(settings: Settings) -> frozenset[str]:
    return frozenset(choice.provider for choice in model_choices(settings).values())


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for a stage, and where."""

    provider: str
    url: str
    """ "" is the provider's own address."""


def addressed(settings: Settings) -> Mapping[Stage, Asked]:
    return {
        stage: Asked(choice.provider, str(getattr(settings, f"{stage}_url")))
        for stage, choice in model_choices(settings).items()
    }


class Addresses:
    """An address, and with it a key, stays with the provider for which it was given: another one gets its own back."""

    def __init__(self, has_none: Callable[[str], bool]) -> None:
        """`has_none`: a provider works on this machine and has no address."""
        self._has_none = has_none
        self._known: dict[tuple[Stage, str], str] = {}

    def kept_apart(self, before: Settings, after: Settings) -> Settings:
        """`after` with the addresses of its own providers, where it changes a provider and not the address."""
        made: dict[str, Any] = {}
        for stage, was in addressed(before).items():
            now = addressed(after)[stage]
            if not self._has_none(was.provider):
                self._known[stage, was.provider] = was.url
            if now.provider == was.provider or now.url != was.url or self._has_none(now.provider):
                continue
            others = {url for (at, provider), url in self._known.items() if at is stage and provider != now.provider}
            if not now.url or now.url in others:
                made[f"{stage}_url"] = self._known.get((stage, now.provider), "")
        return replace(after, **made)
