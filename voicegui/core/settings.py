"""Every setting, declared once: default, range, label, help."""

from dataclasses import dataclass, field
from typing import Any


def _setting(default: Any, label: str, help: str, *, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"label": label, "help": help, "low": low, "high": high})


@dataclass(frozen=True)
class Settings:
    """Immutable; change with `dataclasses.replace`."""

    stt: str = _setting("local", "Hearing", "PROVIDER[:MODEL] that turns speech into text")
    llm: str = _setting("local", "Thinking", "PROVIDER[:MODEL] that answers")
    tts: str = _setting("local", "Speaking", "PROVIDER[:MODEL] that speaks")
    voice: str = _setting("heart", "Voice", "Voice of the replies")
    microphone: str = _setting("", "Microphone", "Empty follows the system's default")
    speaker: str = _setting("", "Speaker", "Empty follows the system's default")
    hands_free: bool = _setting(True, "Hands-free", "Listen all the time; otherwise only while Talk is held")
    threshold: float = _setting(0.5, "Voice threshold", "Probability above which a sound is speech", low=0.1, high=0.95)
    min_speech_ms: int = _setting(96, "Shortest speech", "Shorter sounds are ignored (ms)", low=32, high=500)
    silence_ms: int = _setting(
        150,
        "Silence",
        "Silence that ends a finished sentence, after some 70 ms in which a voice fades (ms)",
        low=96,
        high=2000,
    )
    patience: float = _setting(1.0, "Patience", "How long to wait when a sentence sounds unfinished", low=0.5, high=3.0)
    max_tokens: int = _setting(120, "Longest answer", "Tokens of one reply", low=16, high=4096)
    theme: str = _setting("system", "Theme", "system, light or dark")
    prompt: str = _setting(
        "You are a friendly voice assistant and your answers are spoken aloud. Answer in one or two short sentences of "
        "plain English, without lists.",
        "Instructions",
        "What the assistant is told before every conversation",
    )
