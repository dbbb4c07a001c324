"""What to use instead of a model that ends (OpenAI, "Deprecations", November 2026).

Dates are not here: `GET /v1/models` tells them.
"""

_SUCCESSORS = {
    "gpt-4o-mini-tts": "gpt-realtime-2.1-mini",
    "tts-1": "gpt-realtime-2.1-mini",
    "tts-1-hd": "gpt-realtime-2.1-mini",
    "gpt-4o": "gpt-6.1-terra",
    "gpt-4o-mini": "gpt-6-luna",
    "gpt-4.1": "gpt-6.1-terra",
    "gpt-4.1-mini": "gpt-6-luna",
    "gpt-5": "gpt-6.1-sol",
    "gpt-5-mini": "gpt-6-luna",
    "gpt-5-nano": "gpt-6-luna",
    "o3": "gpt-6.1-sol",
    "gpt-realtime": "gpt-realtime-2.1",
    "gpt-realtime-mini": "gpt-realtime-2.1-mini",
    "gpt-audio-mini": "gpt-realtime-2.1-mini",
    "whisper-1": "gpt-transcribe",
    "gpt-4o-transcribe": "gpt-transcribe",
    "gpt-4o-mini-transcribe": "gpt-transcribe",
    "gpt-4o-transcribe-diarize": "gpt-transcribe",
}


def successor(model: str) -> str:
    """The model to use instead, "" if none is known. A dated snapshot ("tts-1-2025-12-15") counts as its model."""
    parts = model.rsplit("-", 3)
    dated = len(parts) == 4 and all(part.isdigit() for part in parts[1:])
    return _SUCCESSORS.get(parts[0] if dated else model, "")
