"""Takes out of a text whatever looks like a key. The last net under code that should never have put one there."""

import re

_PREFIXES = (
    "sk-",  # OpenAI, OpenRouter, Anthropic, DeepSeek, LM Studio
    "sk_",
    "sess-",
    "ek_",  # OpenAI Realtime, short-lived
    "gsk_",  # Groq
    "hf_",
    "xai-",
    "nvapi-",
    "AIza",
)
_KEY = re.compile(
    # services also quote the beginning and the end of a wrong key: sk-ab********yz
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, _PREFIXES))})[A-Za-z0-9_*-]{{8,}}"
    r"|(?i:(?<=bearer )|(?<=api-key: )|(?<=api_key=))[^\s\"',;&]{8,}"
)

REDACTED = "[key]"


def redacted(text: str) -> str:
    """The text with `[key]` in place of everything that looks like a key of a known service or follows "Bearer"."""
    return _KEY.sub(REDACTED, text)
