"""What the settings `stt`, `llm` and `tts` say: who does a stage, and with which model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
