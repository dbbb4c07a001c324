import re
import tomllib
from dataclasses import replace

import pytest

from tests.pseudo_language import PSEUDO
from voicegui.core.persona import Persona, read_personas, with_persona
from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import use_translations
from voicegui.resource_files import resource

ALL = pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)


@ALL
def test_a_declaration_is_complete(each: SettingDeclaration) -> None:
    assert each.label and len(each.label) <= 32
    assert each.help and not each.help.endswith(".") and not each.detail.endswith(".")
    assert each.kind in (str, bool, int, float)
    assert getattr(Settings(), each.name) == each.default


@ALL
def test_a_default_is_allowed(each: SettingDeclaration) -> None:
    if each.kind in (int, float):
        assert each.low is not None and each.high is not None and each.low <= each.default <= each.high
        assert 0 < each.step <= each.high - each.low
    if each.choices:
        assert each.default in each.choices
    assert re.fullmatch(each.pattern, str(each.default)) or not each.pattern
    assert re.fullmatch(each.pattern, each.example) or not each.pattern


def test_every_group_is_used_and_explained() -> None:
    assert {each.group for each in declared()} == set(Group)
    assert len({group.label for group in Group}) == len(Group) and all(group.help.endswith(".") for group in Group)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("llm_url", "http://127.0.0.1:11434/v1", True),
        ("llm_url", "https://api.groq.com/openai/v1/", True),
        ("llm_url", "localhost:1234", False),
        ("llm_url", "http://me:secret@host/v1", False),  # a key does not belong into a file
        ("languages", "en, pt-BR", True),
        ("languages", "en; pt", False),
        ("stt", "openai:gpt-transcribe", True),
        ("stt", "openai:", False),
        ("tool_permissions", f"open_url=never, notes__add=always@{'0f' * 16}+ , a=ask@{'0' * 32}", True),
        ("tool_permissions", "notes__add=ask, open_url=never, ", True),
        ("tool_permissions", "open_url=never,,", False),
        ("tool_permissions", "notes__add=always@0f", False),
        ("tool_permissions", f"notes__add=always+@{'0' * 32}", False),
        ("tool_permissions", "open_url=perhaps", False),
    ],
)
def test_patterns(name: str, value: str, allowed: bool) -> None:
    pattern = next(each.pattern for each in declared() if each.name == name)
    assert bool(re.fullmatch(pattern, value)) is allowed


# ---------------------------------------------------------------- presets


def shipped() -> tuple[Persona, ...]:
    return tuple(read_personas(tomllib.loads(resource("presets.toml").read_text("utf-8"))))


def test_the_shipped_presets_are_the_choices() -> None:
    choices = next(each.choices for each in declared() if each.name == "preset")
    assert tuple(preset.name for preset in shipped()) == choices
    assert all(preset.label and preset.instructions for preset in shipped())


def test_languages_are_put_in() -> None:
    made = with_persona(Settings(preset="interpreter", language_a="German", language_b="{x}"), shipped())
    assert "between German and {x}" in made.prompt and made.opening_line.endswith("between German and {x}.")


def test_ones_own_words_win() -> None:
    own = Settings(preset="customer_service", prompt="Sell {brushes} in {language_a}.", opening_line="Hi!")
    made = with_persona(own, shipped())
    assert (made.prompt, made.opening_line) == ("Sell {brushes} in English.", "Hi!")
    assert replace(made, prompt=own.prompt) == own


def test_first_words_are_in_the_language_of_the_conversation_and_instructions_in_english() -> None:
    english = with_persona(Settings(preset="practice"), shipped())
    use_translations(spoken=PSEUDO)
    try:
        made = with_persona(Settings(preset="practice"), shipped())
        silent = with_persona(Settings(), shipped())
        own = with_persona(Settings(preset="practice", opening_line="Hi!"), shipped())
    finally:
        use_translations()
    assert (made.prompt, made.opening_line) == (english.prompt, f"⟦{english.opening_line}⟧")
    assert (silent.opening_line, own.opening_line) == ("", "Hi!")


@ALL
def test_a_declaration_is_read_in_the_language_of_the_window(each: SettingDeclaration) -> None:
    assert each.in_words() == each
    use_translations(shown=PSEUDO)
    try:
        made = each.in_words()
    finally:
        use_translations()
    assert (made.label, made.help) == (f"⟦{each.label}⟧", f"⟦{each.help}⟧")
    assert made.detail == (f"⟦{each.detail}⟧" if each.detail else "")
    assert replace(made, label=each.label, help=each.help, detail=each.detail, unit=each.unit,
                   choice_labels=each.choice_labels) == each  # fmt: skip
