"""The models of a service: what they are for, how long they live, what comes after them."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from voicegui.core.wording import Sentence, sentence, shown

from .chat.stream import peek
from .client import OpenAIClient
from .errors import BadAnswer, translated
from .refusals import model_shut_down, successor
from .retry import RetryPolicy
from .service import StageTarget
from .sse import MOST_MODELS


class ModelUse(StrEnum):
    """What a model is for. STT includes models that only listen over Realtime, such as `gpt-live-transcribe`."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    REALTIME = "realtime"
    OTHER = "other"


_WORDS: Sequence[tuple[ModelUse, Sequence[str]]] = (
    (
        ModelUse.OTHER,
        ("embed", "moderation", "dall-e", "image", "sora", "rerank", "guard", "davinci", "babbage", "bge-"),
    ),
    (
        ModelUse.OTHER,
        (
            "minilm",
            "shieldgemma",
            "colbert",
            "paraphrase-",
            "sentence-t5",
            "all-mpnet",
            "arctic-embed",
            "splade",
            "retriev",
        ),
    ),
    (
        ModelUse.OTHER,
        ("stable-diffusion", "sdxl", "flux", "kolors", "imagen", "veo-", "lyria", "video", "musicgen", "clip-"),
    ),
    (ModelUse.STT, ("transcribe", "whisper", "parakeet", "canary", "moonshine", "voxtral", "-asr", "asr-", "wav2vec")),
    (ModelUse.STT, ("sensevoice", "speech-to-text", "-stt", "stt-", "paraformer")),
    (ModelUse.TTS, ("tts", "kokoro", "piper", "orpheus", "chatterbox", "text-to-speech", "parler", "fish-speech")),
    (ModelUse.TTS, ("cosyvoice", "vibevoice", "melo-", "melotts", "suno", "bark-", "csm-1b", "elevenlabs")),
    (ModelUse.REALTIME, ("realtime", "gpt-live")),
    (
        ModelUse.OTHER,
        ("gpt-audio", "audio-preview", "diariz", "native-audio", "computer-use", "-ocr", "ocr-", "deepgram"),
    ),
)
_OTHER_NAME = re.compile(
    r"(?:^|[/_:-])(?:e5|gte|bge|jina|voyage|uae|labse|bert|roberta|vad|clip|sd3?|reward)(?:[-_.:]|$)"
)
"""Families of models that embed, compare, draw or judge, as a part of a name."""

_TASKS = {
    "automatic-speech-recognition": ModelUse.STT,
    "speech-to-text": ModelUse.STT,
    "transcription": ModelUse.STT,
    "text-to-speech": ModelUse.TTS,
    "speech": ModelUse.TTS,
    "text-generation": ModelUse.LLM,
    "chat-completion": ModelUse.LLM,
    "chat": ModelUse.LLM,
    "llm": ModelUse.LLM,
    "vlm": ModelUse.LLM,
    **dict.fromkeys(("embedding", "embeddings", "feature-extraction", "sentence-similarity", "embed"), ModelUse.OTHER),
    **dict.fromkeys(
        ("rerank", "reranker", "score", "moderation", "image", "text-to-image", "classify"), ModelUse.OTHER
    ),
    **dict.fromkeys(("image_generation", "video", "text-classification", "reward"), ModelUse.OTHER),
}
"""What servers tell of a model: Speaches, vLLM, LM Studio, Together, GitHub, LiteLLM, Hugging Face."""


_CHATS = {"completion", "chat", "chat_completion", "tools", "vision"}


def use_of(id: str, task: object = None) -> ModelUse:
    """From the task that some servers tell, else from the words in its name."""
    if isinstance(task, str) and task.lower() in _TASKS:
        return _TASKS[task.lower()]
    name = id.lower()
    found = next((role for role, words in _WORDS if any(word in name for word in words)), None)
    return found or (ModelUse.OTHER if _OTHER_NAME.search(name) else ModelUse.LLM)


def told_use(id: str, entry: object) -> ModelUse:
    """What is told of a model decides, whatever it is called."""
    for name in ("task", "type", "model_type", "mode", "pipeline_tag"):
        task = peek(entry, name)
        if isinstance(task, str) and task.lower() in _TASKS:
            return use_of(id, task)
    able = peek(entry, "capabilities")
    named = use_of(id)
    no_chat = isinstance(able, Mapping) and able.get("completion_chat") is False  # Mistral
    if isinstance(able, list) and able and all(isinstance(one, str) for one in able):  # llama.cpp, Ollama
        no_chat = not _CHATS & {one.lower() for one in able}
    if no_chat and named is ModelUse.LLM:
        return ModelUse.OTHER
    gives = peek(entry, "architecture", "output_modalities")
    if isinstance(gives, list) and gives and "text" not in gives:  # OpenRouter
        return ModelUse.TTS if "audio" in gives else ModelUse.OTHER
    return named


# ---------------------------------------------------------------- models of a service

FRESH_S = 3600.0
"""The list is asked for again after an hour."""

WARN_DAYS = 60

_LEAST_CONTEXT = 512
"""Nobody talks with a model that reads less: what is told is something else."""


@dataclass(frozen=True, slots=True)
class RemoteModel:
    id: str
    role: ModelUse
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
        raise BadAnswer(sentence("{service} sent something that is no list of models."))
    models: dict[str, RemoteModel] = {}
    for entry in listed[:MOST_MODELS]:
        id = entry if isinstance(entry, str) else peek(entry, "id") or peek(entry, "name")
        if isinstance(id, str) and id:
            models[id] = RemoteModel(id, told_use(id, entry), _day(peek(entry, "shutdown_date")), _context(entry))
    return tuple(models.values())


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def models_ending_soon(models: Sequence[RemoteModel], today: date, days: int = WARN_DAYS) -> Sequence[RemoteModel]:
    """Those that end within so many days, or have ended; the next first."""
    limit = today + timedelta(days)
    return sorted((model for model in models if model.shutdown and model.shutdown <= limit), key=_shutdown)


def _shutdown(model: RemoteModel) -> date:
    return model.shutdown or date.max


def warn_within(model: RemoteModel, today: date, days: int = WARN_DAYS) -> str:
    """A sentence about a model that ends within so many days; "" if it lives longer or has ended."""
    if not models_ending_soon([model], today, days) or model.is_shut_down(today):
        return ""
    if model.successor:
        return shown(
            "The model {model} works until {day}. Use {instead} instead.",
            model=model.id,
            day=_date(_shutdown(model)),
            instead=model.successor,
        )
    return shown(
        "The model {model} works until {day}. Choose another model before that.",
        model=model.id,
        day=_date(_shutdown(model)),
    )


def _date(day: date) -> Sentence:
    return sentence("{day} {month} {year}", day=day.day, month=_MONTHS[day.month - 1], year=day.year)


_MONTHS = (
    *(sentence("January"), sentence("February"), sentence("March"), sentence("April"), sentence("May")),
    *(sentence("June"), sentence("July"), sentence("August"), sentence("September"), sentence("October")),
    *(sentence("November"), sentence("December")),
)


def refuse_if_shut_down(models: Sequence[RemoteModel], id: str, today: date, asked: StageTarget) -> None:
    """Raises VoiceError(MODEL_SHUT_DOWN) with the successor as hint. A model that is not listed may still work."""
    if any(model.id == id and model.is_shut_down(today) for model in models):
        raise model_shut_down(asked)


def usable(models: Sequence[RemoteModel], role: ModelUse, today: date) -> Sequence[str]:
    """Those that can be used, in the order of the list."""
    return [model.id for model in models if model.role is role and not model.is_shut_down(today)]


def choose(models: Sequence[RemoteModel], role: ModelUse, today: date) -> str:
    """The first that can be used, "" if there is none."""
    return next(iter(usable(models, role, today)), "")


class ModelList:
    """The models of one service, asked for once an hour at most."""

    def __init__(self, client: OpenAIClient, *, retry: RetryPolicy | None = None) -> None:
        self.known: Sequence[RemoteModel] = ()
        """As of the last answer."""
        self._client = client
        self._retry = retry or RetryPolicy()
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
