"""Kinds of conversation: the instructions and first words that come with each.

A pure rule with a test of its own: what the settings and `resources/presets.toml` come to together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .settings import Settings
from .wording import spoken


@dataclass(frozen=True, slots=True)
class Persona:
    """`{language_a}` and `{language_b}` in its texts stand for the languages of the settings."""

    name: str
    label: str
    """In English: it is looked up where it is shown."""
    instructions: str
    """For a model: always in English."""
    opening_line: str = ""
    """In English: it is looked up for the conversation in which it is said."""


def read_personas(table: Mapping[str, Mapping[str, Any]]) -> Sequence[Persona]:
    """The content of `resources/presets.toml`: a table for each, by name."""
    return tuple(Persona(name, **entry) for name, entry in table.items())


def with_persona(settings: Settings, presets: Sequence[Persona]) -> Settings:
    """What a conversation goes by: `prompt` and `opening_line` filled from the preset where the user left them empty,
    and the languages put in."""
    preset = next(each for each in presets if each.name == settings.preset)
    return replace(
        settings,
        prompt=language_filled(settings.prompt.strip() or preset.instructions, settings),
        opening_line=language_filled(settings.opening_line.strip() or spoken(preset.opening_line), settings),
    )


def language_filled(text: str, settings: Settings) -> str:
    """With the languages of the settings in place of their names. Not `str.format`: other braces are a person's own."""
    return text.replace("{language_a}", settings.language_a).replace("{language_b}", settings.language_b)
