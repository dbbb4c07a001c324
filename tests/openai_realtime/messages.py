"""What clients may send, as the `openai` package types it, and what servers answer."""

import base64
import json
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

Json = dict[str, Any]


@cache
def _client_events() -> TypeAdapter[BaseModel]:
    from openai.types.realtime.realtime_client_event import RealtimeClientEvent

    return TypeAdapter(RealtimeClientEvent)


def checked(message: str | bytes) -> Json:
    """Raises ValueError (pydantic's is one) for what is no event of the API or has a field that it does not have."""
    event = json.loads(message)
    _refuse_unknown_fields(_client_events().validate_python(event), event["type"])
    return event


def _refuse_unknown_fields(value: object, where: str) -> None:
    if isinstance(value, BaseModel):
        if value.model_extra:
            raise ValueError(f"{where} has no {sorted(value.model_extra)}")
        for name in value.model_fields_set:
            _refuse_unknown_fields(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list):
        for inner in value:
            _refuse_unknown_fields(inner, where)


def sound_of(append: Json) -> bytes:
    return base64.b64decode(append["audio"], validate=True)


# ---------------------------------------------------------------- what servers say


def committed(item: str) -> Json:
    return {"type": "input_audio_buffer.committed", "event_id": "e", "item_id": item, "previous_item_id": None}


def cleared() -> Json:
    return {"type": "input_audio_buffer.cleared", "event_id": "e"}


def words(item: str, text: str) -> Json:
    kind = "conversation.item.input_audio_transcription.delta"
    return {"type": kind, "event_id": "e", "item_id": item, "content_index": 0, "delta": text}


def transcript(item: str, text: str) -> Json:
    kind = "conversation.item.input_audio_transcription.completed"
    usage = {"type": "duration", "seconds": 1}
    return {"type": kind, "event_id": "e", "item_id": item, "content_index": 0, "transcript": text, "usage": usage}


def transcript_failed(item: str, kind: str, code: str = "") -> Json:
    error = {"type": kind, "code": code or None, "message": "the words were SECRETWORDS"}
    name = "conversation.item.input_audio_transcription.failed"
    return {"type": name, "event_id": "e", "item_id": item, "content_index": 0, "error": error}


def refusal(kind: str, code: str = "", answers: str | None = None) -> Json:
    error = {"type": kind, "code": code or None, "message": "about sk-SECRETKEY", "event_id": answers, "param": None}
    return {"type": "error", "event_id": "e", "error": error}


def response_created(response: str, tag: str) -> Json:
    body = {"id": response, "object": "realtime.response", "status": "in_progress", "metadata": {"speech": tag}}
    return {"type": "response.created", "event_id": "e", "response": body}


def sound(response: str, samples: bytes) -> Json:
    return _output(response, "response.output_audio.delta", delta=base64.b64encode(samples).decode())


def said(response: str, text: str) -> Json:
    return _output(response, "response.output_audio_transcript.done", transcript=text)


def response_done(response: str, tag: str, status: str = "completed", **details: object) -> Json:
    body = {"id": response, "status": status, "metadata": {"speech": tag}, "output": []}
    if details:
        body["status_details"] = {"type": status, **details}
    return {"type": "response.done", "event_id": "e", "response": body}


def rate_limits() -> Json:
    limit = {"name": "tokens", "limit": 50_000, "remaining": 12, "reset_seconds": 3.5}
    return {"type": "rate_limits.updated", "event_id": "e", "rate_limits": [limit]}


def _output(response: str, kind: str, **fields: str) -> Json:
    place = {"item_id": "i", "output_index": 0, "content_index": 0}
    return {"type": kind, "event_id": "e", "response_id": response, **place, **fields}
