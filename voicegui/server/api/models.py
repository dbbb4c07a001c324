"""The models that a request may name: those of this server, and the names of OpenAI's, which mean them."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from voicegui.core.events import Stage

from ..parts import ServedModel
from .errors import ApiError, bad_value, missing

ALIASES: Mapping[Stage, Sequence[str]] = {
    Stage.STT: ("whisper-1", "gpt-4o-mini-transcribe", "gpt-4o-transcribe", "gpt-transcribe"),
    Stage.TTS: ("tts-1", "tts-1-hd", "gpt-4o-mini-tts"),
    Stage.LLM: (
        "gpt-3.5-turbo", "gpt-4", "gpt-4-turbo", "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano",
        "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-6-luna", "gpt-6.1-terra", "gpt-6.1-sol",
    ),
}  # fmt: skip
"""What programs that were made for OpenAI name if nobody tells them otherwise."""

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
"""The end of a name that means one version: gpt-4o-mini-2024-07-18."""

_JOBS = {Stage.STT: "transcriptions", Stage.LLM: "chats", Stage.TTS: "speech"}


class ModelNames:
    """`since`: Unix time in seconds from which on the models are here."""

    def __init__(self, models: Sequence[ServedModel], since: int) -> None:
        self._since = since
        self._named = {model.name: model for model in models}
        for model in models:
            for alias in ALIASES[model.stage]:
                self._named.setdefault(alias, model)

    def listed(self) -> Mapping[str, Any]:
        return {"object": "list", "data": [self._described(name) for name in self._named]}

    def described(self, name: str) -> Mapping[str, Any]:
        """Raises ApiError(404)."""
        if self._found(name) is None:
            raise self._unknown(name)
        return self._described(name)

    def for_stage(self, stage: Stage, name: object) -> ServedModel:
        """The model that a request means. Another one than it means never answers: that would be a wrong answer that
        looks right. vLLM and Ollama refuse as OpenAI does, too."""
        if name is None or name == "":
            raise missing("model")
        if not isinstance(name, str):
            raise bad_value("model", "The model must be a name.", "invalid_type")
        found = self._found(name)
        if found is None or found.stage is not stage:
            raise self._unknown(name, stage)
        return found

    def _found(self, name: str) -> ServedModel | None:
        return self._named.get(name) or self._named.get(_DATED.sub("", name))

    def _described(self, name: str) -> Mapping[str, Any]:
        model = self._found(name)
        assert model is not None
        described = {"id": name, "object": "model", "created": self._since, "owned_by": model.owner}
        return {**described, "root": model.name, "stage": str(model.stage)}

    def _unknown(self, name: str, stage: Stage | None = None) -> ApiError:
        here = [model for model in self._named.values() if stage in (None, model.stage)]
        names = ", ".join(dict.fromkeys(model.name for model in here))
        job = f"For {_JOBS[stage]} there is" if stage is not None else "There are"
        message = f"The model '{name[:100]}' does not exist here. {job}: {names}."
        return ApiError(HTTPStatus.NOT_FOUND, message, code="model_not_found", param="model")
