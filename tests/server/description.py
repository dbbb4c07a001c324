"""What `asyncapi.yaml` says of the messages of `/voice`: every message of the tests is held against it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

import voicegui.server.voice

FILE = Path(voicegui.server.voice.__file__).with_name("asyncapi.yaml")


@cache
def description() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return read


@cache
def _validator(kind: str) -> Draft7Validator:
    return Draft7Validator(description()["components"]["schemas"][kind])


def kinds(operation: str) -> set[str]:
    """Messages of JSON that the description knows: of `fromClient` or `toClient`."""
    names = {each["$ref"].rpartition("/")[2] for each in description()["operations"][operation]["messages"]}
    return names - {"sound"}


def check(operation: str, message: Mapping[str, Any]) -> None:
    """Fails if it is not as it is described: an unknown kind, a field that is missing, unknown or of another type."""
    kind = message["type"]
    assert kind in kinds(operation), f"{kind} is not described"
    errors = [error.message for error in _validator(kind).iter_errors(dict(message))]
    unknown = set(message) - set(description()["components"]["schemas"][kind]["properties"])
    assert not errors, f"{kind}: {errors}"
    assert not unknown, f"{kind} has fields that are not described: {unknown}"
