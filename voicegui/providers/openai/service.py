"""Who answers: OpenAI, or a server that speaks its API, and what is known of it beforehand."""

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from voicegui.core.addresses import Reach, reach, real_host
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage as Stage
from voicegui.core.keys import Secret


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """One service. A stage without a URL is not offered; a stage without a model takes the first that is listed."""

    name: str
    """Stable identifier: "openai", "groq"."""
    label: str
    """What people call it."""
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
    """Servers that may get the key without encryption: the person said so. See `core.keys.check_way`."""
    organization: str = ""
    project: str = ""
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """The newer name is ignored by some servers, which then never stop; the older is refused by new OpenAI models."""
    speech_rate_hz: int = 24_000
    """Of PCM speech that does not say its rate."""
    voices: tuple[str, ...] = ()
    """Known voices, the usual one first."""
    lacks: str = ""
    """For a person: what it cannot do, "" if it can do all three."""
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
        moved = {stage: checked for stage in stages or self.stages}
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
        sentence = (
            "The address of the server is not usable. It looks like http://localhost:1234/v1, without a key in it."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence)
    if host == (parts.hostname or "").removesuffix("."):
        return url
    netloc = f"[{host}]" if ":" in host else host  # "127.1", "bücher.example": one name for everybody who reads it
    return urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc))


def custom(url: str) -> ServiceConfig:
    """Any compatible server. Raises VoiceError(BAD_SETTINGS)."""
    url = checked_url(url)
    return ServiceConfig("custom", urlsplit(url).netloc, stt_url=url, llm_url=url, tts_url=url)
