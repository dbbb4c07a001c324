"""What a Realtime server says, as far as this program listens: JSON becomes data here and nowhere else.

Names and fields follow the types of the `openai` package (`openai.types.realtime`). Its own parser tries every type of
a large union for each message and takes an unknown one for a known one, so messages are read by their `type` alone.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

ResponseStatus = Literal["completed", "cancelled", "failed", "incomplete"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the server says went wrong. Its own words may quote a key or what was said: they are never shown."""

    code: str = ""
    kind: str = ""
    """"invalid_request_error", "server_error" …"""
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A message of ours was refused, or something failed that belongs to no message."""

    fault: Fault
    answers: str = ""
    """`event_id` of the refused message, if it had one."""


@dataclass(frozen=True, slots=True)
class BufferCommitted:
    item_id: str


@dataclass(frozen=True, slots=True)
class BufferCleared:
    pass


@dataclass(frozen=True, slots=True)
class TranscriptGrew:
    item_id: str
    text: str = field(repr=False)
    """What was added."""


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    item_id: str
    text: str = field(repr=False)
    """All of it."""


@dataclass(frozen=True, slots=True)
class TranscriptFailed:
    item_id: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class ResponseBegan:
    response_id: str
    tag: str
    """The `metadata` that came with the request (`TAG`)."""


@dataclass(frozen=True, slots=True)
class ResponseSounded:
    response_id: str
    samples: bytes = field(repr=False)
    """int16 at 24 kHz; a sample may be cut in two."""


@dataclass(frozen=True, slots=True)
class ResponseWorded:
    response_id: str
    text: str = field(repr=False)
    """All that the response says."""


@dataclass(frozen=True, slots=True)
class ResponseEnded:
    response_id: str
    tag: str
    status: ResponseStatus
    reason: str = ""
    """"content_filter", "max_output_tokens", "client_cancelled" …"""
    fault: Fault = Fault()


ServerEvent = (
    Refused
    | BufferCommitted
    | BufferCleared
    | TranscriptGrew
    | TranscriptDone
    | TranscriptFailed
    | ResponseBegan
    | ResponseSounded
    | ResponseWorded
    | ResponseEnded
)

TAG = "speech"
"""Name of the metadata that tells responses apart before they have an id."""

Json = Mapping[str, Any]


def read_event(message: str | bytes) -> ServerEvent | None:
    """None for what this program does not listen to. Raises ValueError if it is no event of the API."""
    try:
        event = json.loads(message)
        read = _READERS.get(event["type"])
        return read(event) if read else None
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an event: {type(error).__name__}") from None


def _fault(error: Json | None) -> Fault:
    given = error or {}
    return Fault(_text(given.get("code")), _text(given.get("type")), _text(given.get("message")))


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _response_ended(event: Json) -> ResponseEnded:
    response = event["response"]
    details = response.get("status_details") or {}
    status = response["status"]
    if status not in ("completed", "cancelled", "failed", "incomplete"):
        raise ValueError("a response ends in none of the known ways")
    return ResponseEnded(
        _text(response["id"]),
        _tag(response),
        cast(ResponseStatus, status),
        _text(details.get("reason")),
        _fault(details.get("error")),
    )


def _tag(response: Json) -> str:
    return _text((response.get("metadata") or {}).get(TAG))


_TRANSCRIPTION = "conversation.item.input_audio_transcription."

_READERS: Mapping[str, Callable[[Json], ServerEvent]] = {
    "error": lambda event: Refused(_fault(event["error"]), _text(event["error"].get("event_id"))),
    "input_audio_buffer.committed": lambda event: BufferCommitted(_text(event["item_id"])),
    "input_audio_buffer.cleared": lambda event: BufferCleared(),
    f"{_TRANSCRIPTION}delta": lambda event: TranscriptGrew(_text(event["item_id"]), _text(event.get("delta"))),
    f"{_TRANSCRIPTION}completed": lambda event: TranscriptDone(_text(event["item_id"]), _text(event["transcript"])),
    f"{_TRANSCRIPTION}failed": lambda event: TranscriptFailed(_text(event["item_id"]), _fault(event["error"])),
    "response.created": lambda event: ResponseBegan(_text(event["response"]["id"]), _tag(event["response"])),
    "response.output_audio.delta": lambda event: ResponseSounded(
        _text(event["response_id"]), base64.b64decode(event["delta"], validate=True)
    ),
    "response.output_audio_transcript.done": lambda event: ResponseWorded(
        _text(event["response_id"]), _text(event["transcript"])
    ),
    "response.done": _response_ended,
}
