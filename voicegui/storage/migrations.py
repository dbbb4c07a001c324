"""Settings files of older versions, brought to the present one step by step. Pure functions of a file's content."""

from collections.abc import Callable, Mapping
from typing import Any

Content = Mapping[str, Any]
"""What a TOML file holds."""

VERSION = 2
"""Of the files written now: a table for each group of settings, without what is the default."""


def version_of(content: Content) -> int:
    """1 if the file does not say: the first version did not."""
    version = content.get("version", 1)
    return version if type(version) is int and version > 0 else VERSION


def migrated(content: Content) -> Content:
    """The content as version `VERSION`; that of a newer version as it is."""
    for version in range(version_of(content), VERSION):
        content = _STEPS[version](content)
    return content


def _from_1(content: Content) -> Content:
    """Version 1 was flat and held every setting: what equals its default tells nothing about what a person wants.

    Its one threshold held all the time; the one during replies came later.
    """
    rest: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {}
    for name, value in content.items():
        if name not in _VERSION_1 or isinstance(value, Mapping):
            rest[name] = value
            continue
        group, default = _VERSION_1[name]
        if (type(value), value) != (type(default), default):
            tables.setdefault(group, {})[name] = value
            if name == "threshold" and type(value) is float and 0.1 <= value <= 0.95:
                tables[group]["speaking_threshold"] = value
    for group, table in tables.items():
        present = rest.get(group)
        rest[group] = table | dict(present if isinstance(present, Mapping) else {})
    return rest


_STEPS: Mapping[int, Callable[[Content], Content]] = {1: _from_1}

_VERSION_1: Mapping[str, tuple[str, object]] = {
    "stt": ("services", "local"),
    "llm": ("services", "local"),
    "tts": ("services", "local"),
    "voice": ("voice", "heart"),
    "microphone": ("sound", ""),
    "speaker": ("sound", ""),
    "hands_free": ("turn_taking", True),
    "threshold": ("turn_taking", 0.5),
    "min_speech_ms": ("turn_taking", 96),
    "silence_ms": ("turn_taking", 150),
    "patience": ("turn_taking", 1.0),
    "max_tokens": ("limits", 120),
    "theme": ("appearance", "system"),
    "prompt": (
        "conversation",
        "You are a friendly voice assistant and your answers are spoken aloud. Answer in one or two short sentences of "
        "plain English, without lists.",
    ),
}
"""Every setting of version 1: where it is now, and what its default was then."""
