"""The models of a service: what they are for, how long they live, what comes after them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .answers import peek
from .asked import Asked
from .client import OpenAIClient
from .errors import BadAnswer, translated
from .limits import MOST_MODELS
from .refusals import model_shut_down
from .retry import Retry
from .roles import Role as Role
from .roles import role_of as role_of
from .roles import told_role
from .successors import successor

FRESH_S = 3600.0
"""The list is asked for again after an hour."""

WARN_DAYS = 60

_LEAST_CONTEXT = 512
"""Nobody talks with a model that reads less: what is told is something else."""


@dataclass(frozen=True, slots=True)
class RemoteModel:
    id: str
    role: Role
    shutdown: date | None = None
    """The day from which on it does not answer any more, if one is announced."""
    context: int = 0
    """Tokens that it can read and write at once, 0 if that is not told."""

    @property
    def successor(self) -> str:
        """What to use instead once it ends, "" if that is not known."""
        return successor(self.id)

    def is_shut_down(self, today: date) -> bool:
        return self.shutdown is not None and self.shutdown <= today


_CONTEXTS = ("max_model_len", "loaded_context_length", "context_window", "context_length", "max_context_length")
"""vLLM, LM Studio, Groq, OpenRouter and Together, Mistral."""


def _context(entry: object) -> int:
    told = (peek(entry, name) for name in _CONTEXTS)
    return next((tokens for tokens in told if isinstance(tokens, int) and tokens >= _LEAST_CONTEXT), 0)


def parse_models(answer: object) -> Sequence[RemoteModel]:
    """An answer of `/v1/models`, as different servers give it; entries that make no sense are left out.

    Raises BadAnswer if it is no list at all.
    """
    listed = answer if isinstance(answer, list) else peek(answer, "data")
    if listed is None and isinstance(answer, Mapping) and ("data" in answer or "models" in answer):
        listed = answer.get("models") or []  # Ollama without models says null
    if not isinstance(listed, list):
        raise BadAnswer("sent something that is no list of models")
    models: dict[str, RemoteModel] = {}
    for entry in listed[:MOST_MODELS]:
        id = entry if isinstance(entry, str) else peek(entry, "id") or peek(entry, "name")
        if isinstance(id, str) and id:
            models[id] = RemoteModel(id, told_role(id, entry), _day(peek(entry, "shutdown_date")), _context(entry))
    return tuple(models.values())


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def ending(models: Sequence[RemoteModel], today: date, days: int = WARN_DAYS) -> Sequence[RemoteModel]:
    """Those that end within so many days, or have ended; the next first."""
    limit = today + timedelta(days)
    return sorted((model for model in models if model.shutdown and model.shutdown <= limit), key=_shutdown)


def _shutdown(model: RemoteModel) -> date:
    return model.shutdown or date.max


def warn_within(model: RemoteModel, today: date, days: int = WARN_DAYS) -> str:
    """A sentence about a model that ends within so many days; "" if it lives longer or has ended."""
    if not ending([model], today, days) or model.is_shut_down(today):
        return ""
    todo = f"Use {model.successor} instead." if model.successor else "Choose another model before that."
    shutdown = _shutdown(model)
    return f"The model {model.id} works until {shutdown.day} {shutdown:%B %Y}. {todo}"


def refuse_if_shut_down(models: Sequence[RemoteModel], id: str, today: date, asked: Asked) -> None:
    """Raises VoiceError(MODEL_SHUT_DOWN) with the successor as hint. A model that is not listed may still work."""
    if any(model.id == id and model.is_shut_down(today) for model in models):
        raise model_shut_down(asked)


def usable(models: Sequence[RemoteModel], role: Role, today: date) -> Sequence[str]:
    """Those that can be used, in the order of the list."""
    return [model.id for model in models if model.role is role and not model.is_shut_down(today)]


def choose(models: Sequence[RemoteModel], role: Role, today: date) -> str:
    """The first that can be used, "" if there is none."""
    return next(iter(usable(models, role, today)), "")


class ModelList:
    """The models of one service, asked for once an hour at most."""

    def __init__(self, client: OpenAIClient, *, retry: Retry | None = None) -> None:
        self.known: Sequence[RemoteModel] = ()
        """As of the last answer."""
        self._client = client
        self._retry = retry or Retry()
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def get(self, *, refresh: bool = False) -> Sequence[RemoteModel]:
        """Raises VoiceError; what is known then stays known."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if refresh or self._asked_at is None or now - self._asked_at > FRESH_S:
                self.known = await self._client.call(self._answer)
                self._asked_at = now
            return self.known

    async def _answer(self) -> Sequence[RemoteModel]:
        """On the client's loop."""
        with translated(self._client.asked()):
            return await self._retry.call(self._attempt)

    async def _attempt(self) -> Sequence[RemoteModel]:
        async with self._client.ask(None, "/models") as response:
            return parse_models(json.loads(await response.read()))
