"""Who answers: OpenAI, or a server that speaks its API; services at their usual addresses; OPENAI_* variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from voicegui.core.addresses import Reach, reach, real_host
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage as Stage
from voicegui.core.keys import Secret, checked_key
from voicegui.core.wording import Sentence, sentence


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """One service. A stage without a URL is not offered; a stage without a model takes the first that is listed."""

    name: str
    """Stable identifier: "openai", "groq"."""
    label: Sentence | str
    """What people call it: its name, or a `Sentence` where it has none."""
    stt_url: str = ""
    llm_url: str = ""
    tts_url: str = ""
    """Base URLs: what comes before `/models`; they usually end in `/v1`."""
    stt_model: str = ""
    llm_model: str = ""
    tts_model: str = ""
    needs_key: bool = False
    key: Secret | None = None
    unencrypted: frozenset[str] = frozenset()
    """Servers that may get the key without encryption: the user said so. See `core.keys.check_way`."""
    organization: str = ""
    project: str = ""
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """The newer name is ignored by some servers, which then never stop; the older is refused by new OpenAI models."""
    speech_rate_hz: int = 24_000
    """Of PCM speech that does not say its rate."""
    voices: tuple[str, ...] = ()
    """Known voices, the usual one first."""
    listed_as: tuple[str, ...] = ()
    """What `owned_by` says in its list of models, as far as it is known."""

    def url(self, stage: Stage) -> str:
        return {Stage.STT: self.stt_url, Stage.LLM: self.llm_url, Stage.TTS: self.tts_url}[stage]

    def model(self, stage: Stage) -> str:
        return {Stage.STT: self.stt_model, Stage.LLM: self.llm_model, Stage.TTS: self.tts_model}[stage]

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in Stage if self.url(stage))

    @property
    def base_url(self) -> str:
        """Where its models are listed."""
        return next((self.url(stage) for stage in (Stage.LLM, Stage.STT, Stage.TTS) if self.url(stage)), "")

    @property
    def local(self) -> bool:
        """Runs on this machine: nothing leaves it."""
        return bool(self.stages) and all(is_loopback(self.url(stage)) for stage in self.stages)

    def at(self, url: str, *stages: Stage) -> "ServiceConfig":
        """The same service at another base URL, for all its stages or those named. Raises VoiceError(BAD_SETTINGS)."""
        checked = checked_url(url)
        moved = dict.fromkeys(stages or self.stages, checked)
        return replace(
            self,
            stt_url=moved.get(Stage.STT, self.stt_url),
            llm_url=moved.get(Stage.LLM, self.llm_url),
            tts_url=moved.get(Stage.TTS, self.tts_url),
        )


def is_loopback(url: str) -> bool:
    return reach(url) is Reach.HERE


def checked_url(url: str) -> str:
    """A base URL as it was typed, without what people paste along with it, and with the host that it really means.

    Raises VoiceError(BAD_SETTINGS).
    """
    url = url.strip().rstrip("/")
    for endpoint in ("/chat/completions", "/audio/transcriptions", "/audio/speech", "/models"):
        url = url.removesuffix(endpoint)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    host = real_host(url)
    clear = host and not any(letter.isspace() or letter == "\\" for letter in url)
    if not usable or not clear or parts.username or parts.query or parts.fragment:
        what = sentence(
            "The address of the server is not usable. It looks like http://localhost:1234/v1, without a key in it."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, what)
    if host == (parts.hostname or "").removesuffix("."):
        return url
    netloc = f"[{host}]" if ":" in host else host  # "127.1", "bücher.example": one name for everybody who reads it
    return urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc))


def custom(url: str) -> ServiceConfig:
    """Any compatible server. Raises VoiceError(BAD_SETTINGS)."""
    url = checked_url(url)
    return ServiceConfig("custom", urlsplit(url).netloc, stt_url=url, llm_url=url, tts_url=url)


# ---------------------------------------------------------------- services people use
# At their usual addresses. What they lack is from their manuals (November 2026).

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
)

_OLLAMA_URL, _LM_STUDIO_URL = _LOCAL.format(11434), _LOCAL.format(1234)
_PORT_8000, _PORT_8080 = _LOCAL.format(8000), _LOCAL.format(8080)

OLLAMA = ServiceConfig(
    "ollama",
    "Ollama",
    llm_url=_OLLAMA_URL,
    listed_as=("library",),
)

LM_STUDIO = ServiceConfig(
    "lmstudio",
    "LM Studio",
    llm_url=_LM_STUDIO_URL,
    listed_as=("organization_owner",),
)

LLAMA_CPP = ServiceConfig(
    "llamacpp",
    "llama.cpp",
    llm_url=_PORT_8080,
    listed_as=("llamacpp",),
)

VLLM = ServiceConfig(
    "vllm",
    "vLLM",
    stt_url=_PORT_8000,
    llm_url=_PORT_8000,
    listed_as=("vllm",),
)

LOCALAI = ServiceConfig(
    "localai",
    "LocalAI",
    stt_url=_PORT_8080,
    llm_url=_PORT_8080,
    tts_url=_PORT_8080,
)

SPEACHES = ServiceConfig(
    "speaches",
    "Speaches",
    stt_url=_PORT_8000,
    tts_url=_PORT_8000,
    voices=("af_heart", "af_bella", "af_nicole", "am_adam", "am_michael", "bf_emma", "bm_george"),
)

PRESETS = (OPENAI, GROQ, OLLAMA, LM_STUDIO, LLAMA_CPP, VLLM, LOCALAI, SPEACHES)


def preset(name: str) -> ServiceConfig | None:
    return next((service for service in PRESETS if service.name == name), None)


# ---------------------------------------------------------------- environment
# The conventions of OpenAI's own tools, honoured and reported.

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says about services. Only OpenAI itself gets its key and addresses."""

    key: Secret | None = None
    base_url: str = ""
    organization: str = ""
    project: str = ""
    used: tuple[str, ...] = ()
    """Names of the variables that have an effect, for a window to show; never their values."""

    def applied_to(self, service: ServiceConfig) -> ServiceConfig:
        """What the service says itself wins. Raises VoiceError(BAD_SETTINGS) for an unusable OPENAI_BASE_URL."""
        if service.name != "openai":
            return service
        if self.base_url:
            stages = [stage for stage in Stage if service.url(stage).startswith("https://api.openai.com/")]
            service = service.at(self.base_url, *stages) if stages else service
        return replace(
            service,
            key=service.key or self.key,
            organization=service.organization or self.organization,
            project=service.project or self.project,
        )


def from_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Raises VoiceError(BAD_KEY) if OPENAI_API_KEY cannot be a key."""
    known = {name: variables.get(name, "").strip() for name in _CONVENTIONS}
    http = [name for name in (*_PROXIES, *_CERTIFICATES) if variables.get(name) or variables.get(name.lower())]
    return Environment(
        key=checked_key(known["OPENAI_API_KEY"]) if known["OPENAI_API_KEY"] else None,
        base_url=known["OPENAI_BASE_URL"],
        organization=known["OPENAI_ORG_ID"],
        project=known["OPENAI_PROJECT_ID"],
        used=(*(name for name, value in known.items() if value), *http),
    )


_CONVENTIONS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")


# ---------------------------------------------------------------- who was asked for what
# Enough for a sentence when it fails.


@dataclass(frozen=True, slots=True)
class StageTarget:
    service: Sentence | str
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
    def of(cls, service: ServiceConfig, stage: Stage | None = None, model: str = "") -> "StageTarget":
        url = service.url(stage) if stage else service.base_url
        parts = urlsplit(url)
        return cls(service.label, stage, model, parts.hostname or "", parts.netloc + parts.path, is_loopback(url))

    def fill(self, text: Sentence, without_model: Sentence | None = None) -> Sentence:
        """`text` with its {service}, {model}, {host} and {place}; `without_model` instead if none is known."""
        known = text if self.model or without_model is None else without_model
        return known.filled(service=self.service, model=self.model, host=self.host, place=self.place)
