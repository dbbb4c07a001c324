"""Services people use, at their usual addresses. What they lack is from their manuals (November 2026)."""

from .service import ServiceConfig

_OPENAI = "https://api.openai.com/v1"
_GROQ = "https://api.groq.com/openai/v1"
_LOCAL = "http://127.0.0.1:{}/v1"

SPEECH_VOICES = (
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip
"""Of `gpt-4o-mini-tts` (openai 3.57, `SpeechCreateParams`); OpenAI recommends the first two."""

OPENAI = ServiceConfig(
    "openai",
    "OpenAI",
    stt_url=_OPENAI,
    llm_url=_OPENAI,
    tts_url=_OPENAI,
    stt_model="gpt-transcribe",
    llm_model="gpt-6-luna",
    tts_model="gpt-4o-mini-tts",
    needs_key=True,
    max_tokens_name="max_completion_tokens",
    voices=SPEECH_VOICES,
)

GROQ = ServiceConfig(
    "groq",
    "Groq",
    stt_url=_GROQ,
    llm_url=_GROQ,
    tts_url=_GROQ,
    stt_model="whisper-large-v3-turbo",
    needs_key=True,
    lacks="Speech arrives only when a sentence is whole.",
)

_OLLAMA_URL, _LM_STUDIO_URL = _LOCAL.format(11434), _LOCAL.format(1234)
_PORT_8000, _PORT_8080 = _LOCAL.format(8000), _LOCAL.format(8080)

OLLAMA = ServiceConfig(
    "ollama",
    "Ollama",
    llm_url=_OLLAMA_URL,
    listed_as=("library",),
    lacks="It has no speech: choose another service, or this machine, for hearing and speaking.",
)

LM_STUDIO = ServiceConfig(
    "lmstudio",
    "LM Studio",
    llm_url=_LM_STUDIO_URL,
    listed_as=("organization_owner",),
    lacks="It has no speech: choose another service, or this machine, for hearing and speaking.",
)

LLAMA_CPP = ServiceConfig(
    "llamacpp",
    "llama.cpp",
    llm_url=_PORT_8080,
    listed_as=("llamacpp",),
    lacks="It has no speech: choose another service, or this machine, for hearing and speaking.",
)

VLLM = ServiceConfig(
    "vllm",
    "vLLM",
    stt_url=_PORT_8000,
    llm_url=_PORT_8000,
    listed_as=("vllm",),
    lacks="One server runs one model, to think or to hear; it does not speak.",
)

LOCALAI = ServiceConfig(
    "localai",
    "LocalAI",
    stt_url=_PORT_8080,
    llm_url=_PORT_8080,
    tts_url=_PORT_8080,
    lacks="Its words and its speech may arrive only when they are whole.",
)

SPEACHES = ServiceConfig(
    "speaches",
    "Speaches",
    stt_url=_PORT_8000,
    tts_url=_PORT_8000,
    voices=("af_heart", "af_bella", "af_nicole", "am_adam", "am_michael", "bf_emma", "bm_george"),
    lacks="It does not think: choose another service, or this machine, for the answers.",
)

PRESETS = (OPENAI, GROQ, OLLAMA, LM_STUDIO, LLAMA_CPP, VLLM, LOCALAI, SPEACHES)


def preset(name: str) -> ServiceConfig | None:
    return next((service for service in PRESETS if service.name == name), None)
