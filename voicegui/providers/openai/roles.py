"""What a model is for: from what a server tells of it, else from its name."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from .answers import peek


class Role(StrEnum):
    """What a model is for. STT includes models that only listen over Realtime, such as `gpt-live-transcribe`."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    REALTIME = "realtime"
    OTHER = "other"


_WORDS: Sequence[tuple[Role, Sequence[str]]] = (
    (Role.OTHER, ("embed", "moderation", "dall-e", "image", "sora", "rerank", "guard", "davinci", "babbage", "bge-")),
    (
        Role.OTHER,
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
        Role.OTHER,
        ("stable-diffusion", "sdxl", "flux", "kolors", "imagen", "veo-", "lyria", "video", "musicgen", "clip-"),
    ),
    (Role.STT, ("transcribe", "whisper", "parakeet", "canary", "moonshine", "voxtral", "-asr", "asr-", "wav2vec")),
    (Role.STT, ("sensevoice", "speech-to-text", "-stt", "stt-", "paraformer")),
    (Role.TTS, ("tts", "kokoro", "piper", "orpheus", "chatterbox", "text-to-speech", "parler", "fish-speech")),
    (Role.TTS, ("cosyvoice", "vibevoice", "melo-", "melotts", "suno", "bark-", "csm-1b", "elevenlabs")),
    (Role.REALTIME, ("realtime", "gpt-live")),
    (Role.OTHER, ("gpt-audio", "audio-preview", "diariz", "native-audio", "computer-use", "-ocr", "ocr-", "deepgram")),
)
_OTHER_NAME = re.compile(
    r"(?:^|[/_:-])(?:e5|gte|bge|jina|voyage|uae|labse|bert|roberta|vad|clip|sd3?|reward)(?:[-_.:]|$)"
)
"""Families of models that embed, compare, draw or judge, as a part of a name."""

_TASKS = {
    "automatic-speech-recognition": Role.STT,
    "speech-to-text": Role.STT,
    "transcription": Role.STT,
    "text-to-speech": Role.TTS,
    "speech": Role.TTS,
    "text-generation": Role.LLM,
    "chat-completion": Role.LLM,
    "chat": Role.LLM,
    "llm": Role.LLM,
    "vlm": Role.LLM,
    **dict.fromkeys(("embedding", "embeddings", "feature-extraction", "sentence-similarity", "embed"), Role.OTHER),
    **dict.fromkeys(("rerank", "reranker", "score", "moderation", "image", "text-to-image", "classify"), Role.OTHER),
    **dict.fromkeys(("image_generation", "video", "text-classification", "reward"), Role.OTHER),
}
"""What servers tell of a model: Speaches, vLLM, LM Studio, Together, GitHub, LiteLLM, Hugging Face."""


_CHATS = {"completion", "chat", "chat_completion", "tools", "vision"}


def role_of(id: str, task: object = None) -> Role:
    """From the task that some servers tell, else from the words in its name."""
    if isinstance(task, str) and task.lower() in _TASKS:
        return _TASKS[task.lower()]
    name = id.lower()
    found = next((role for role, words in _WORDS if any(word in name for word in words)), None)
    return found or (Role.OTHER if _OTHER_NAME.search(name) else Role.LLM)


def told_role(id: str, entry: object) -> Role:
    """What is told of a model decides, whatever it is called."""
    for name in ("task", "type", "model_type", "mode", "pipeline_tag"):
        task = peek(entry, name)
        if isinstance(task, str) and task.lower() in _TASKS:
            return role_of(id, task)
    able = peek(entry, "capabilities")
    named = role_of(id)
    no_chat = isinstance(able, Mapping) and able.get("completion_chat") is False  # Mistral
    if isinstance(able, list) and able and all(isinstance(one, str) for one in able):  # llama.cpp, Ollama
        no_chat = not _CHATS & {one.lower() for one in able}
    if no_chat and named is Role.LLM:
        return Role.OTHER
    gives = peek(entry, "architecture", "output_modalities")
    if isinstance(gives, list) and gives and "text" not in gives:  # OpenRouter
        return Role.TTS if "audio" in gives else Role.OTHER
    return named
