"""What a client of `/v1/realtime` sends, read with care: whatever is wrong with an event is a `RefusedEvent`."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

LONGEST_ID = 512


class RefusedEvent(Exception):
    """Becomes an `error` event that names the event it answers."""

    def __init__(self, code: str, message: str, param: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


def read_object(text: str) -> Json:
    """A JSON object. Raises RefusedEvent."""
    try:
        given = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:  # an escape may be half a character
            given = json.loads(clean(json.dumps(given, ensure_ascii=False)))
    except (ValueError, RecursionError):
        raise RefusedEvent("invalid_json", "This is not JSON.") from None
    if not isinstance(given, dict):
        raise RefusedEvent("invalid_event", "This has to be a JSON object.")
    return given


def _no_constant(name: str) -> None:
    """Not even `NaN` is JSON for those who get it back."""
    raise ValueError(name)


def read_client_event(text: str) -> Json:
    """With a type. Raises RefusedEvent."""
    event = read_object(text)
    if not isinstance(event.get("type"), str):
        raise RefusedEvent("missing_required_parameter", "An event has a type.", "type")
    return event


def event_id_of(event: Mapping[str, Any]) -> str:
    """ "" if it has none that can be told back."""
    given = event.get("event_id")
    return clean(given) if isinstance(given, str) and len(given) <= LONGEST_ID else ""


def clean(text: str) -> str:
    """JSON may hold halves of characters, which nothing can write down."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def text_field(given: Mapping[str, Any], name: str, where: str, most: int = 100_000) -> str:
    value = given.get(name)
    path = f"{where}.{name}" if where else name
    if value is None:
        raise RefusedEvent("missing_required_parameter", f"{path} is missing.", path)
    if not isinstance(value, str) or len(value) > most:
        raise RefusedEvent("invalid_value", f"{path} has to be a text of at most {most} characters.", path)
    return clean(value)


def optional_text(given: Mapping[str, Any], name: str, where: str, most: int = 100_000) -> str | None:
    return None if given.get(name) is None else text_field(given, name, where, most)


def whole_field(given: Mapping[str, Any], name: str, most: int) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise RefusedEvent("invalid_value", f"{name} has to be a whole number from 0 to {most}.", name)
    return value


def object_field(given: Mapping[str, Any], name: str, where: str = "") -> Json:
    value = given.get(name)
    path = f"{where}.{name}" if where else name
    if not isinstance(value, dict):
        code = "missing_required_parameter" if value is None else "invalid_value"
        raise RefusedEvent(code, f"{path} has to be an object.", path)
    return value


def sound_field(given: Mapping[str, Any], name: str, where: str = "") -> bytes:
    """Base64."""
    path = f"{where}.{name}" if where else name
    value = given.get(name)
    if not isinstance(value, str):
        raise RefusedEvent("missing_required_parameter", f"{path} has to be sound as base64.", path)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedEvent("invalid_value", f"{path} is not base64.", path) from None
