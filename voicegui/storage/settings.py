"""The settings file: TOML, written atomically, salvaged where it is partly wrong."""

import dataclasses
import logging
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from voicegui.core.declared import Declared
from voicegui.core.settings import Settings, declared

log = logging.getLogger(__name__)


def load(path: Path) -> tuple[Settings, list[str]]:
    """Settings and sentences about what could not be used; defaults take the place of that. Never raises."""
    try:
        content = _read(path)
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(), [f"The settings in {path} cannot be read, the defaults are used: {error}."]
    known = {each.name: each for each in declared()}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in content.items():
        if key not in known:
            log.warning("Unknown setting in %s: %s", path.name, key)
            continue
        try:
            values[key] = _checked(known[key], value)
        except ValueError as error:
            problems.append(f"The setting {key} in {path} {error}; {known[key].default!r} is used instead.")
    return Settings(**values), problems


def save(path: Path, settings: Settings) -> None:
    """Writes all settings at once; keys it does not know (of a newer version) stay.

    Raises OSError; the old file is then intact.
    """
    try:
        kept = _read(path)
    except (FileNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        kept = {}
        _set_aside(path)
    text = tomli_w.dumps(dict(kept) | dataclasses.asdict(settings), multiline_strings=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _set_aside(path: Path) -> None:
    """What a person wrote by hand and mistyped is not overwritten."""
    if path.exists():
        os.replace(path, path.with_name(path.name + ".unreadable"))


def _checked(declared: Declared, value: object) -> object:
    """The value as its setting's type. Raises ValueError with the end of a sentence."""
    kind = declared.kind
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise ValueError(f"should be {_NAMES[kind]}")
    low, high = declared.low, declared.high
    if isinstance(value, int | float) and low is not None and high is not None and not low <= value <= high:
        raise ValueError(f"should be from {low} to {high}")
    if declared.choices and value not in declared.choices:
        raise ValueError(f"should be one of {', '.join(declared.choices)}")
    if isinstance(value, str) and declared.pattern and not re.fullmatch(declared.pattern, value):
        raise ValueError(f"should look like {declared.example}")
    return value


_NAMES: Mapping[type, str] = {str: "text in quotes", bool: "true or false", int: "a whole number", float: "a number"}
