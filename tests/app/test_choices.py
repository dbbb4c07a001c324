"""Services and voices are called by their names, and what is no name is in the language of the window."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.pseudo_language import PSEUDO, own_words
from tests.ui.fake_session import FakeKeys
from voicegui.app.choices import ServiceChoices
from voicegui.core.settings import Settings
from voicegui.core.wording import use_translations
from voicegui.providers.registry import BUILT_IN


@pytest.fixture
def choices() -> ServiceChoices:
    program: Any = SimpleNamespace(engines=BUILT_IN)
    return ServiceChoices(program, FakeKeys())


@pytest.fixture
def pseudo() -> Iterator[None]:
    use_translations(shown=PSEUDO)
    yield
    use_translations()


def test_services_are_called_as_people_know_them(choices: ServiceChoices) -> None:
    made = {service.name: service for service in choices.services()}
    assert (made["local"].label, made["openai"].label, made["custom"].label) == (
        "This machine", "OpenAI", "A compatible server",
    )  # fmt: skip
    assert (made["openai"].key, made["openai"].key_title, made["openai"].subject) == (
        "OpenAI key", "OpenAI key", "OpenAI",
    )  # fmt: skip
    assert (made["custom"].key, made["custom"].key_title, made["custom"].subject) == (
        "key of your server", "Key of your server", "Your server",
    )  # fmt: skip


@pytest.mark.usefixtures("pseudo")
def test_all_that_is_ours_is_in_the_language(choices: ServiceChoices) -> None:
    for service in choices.services():
        names = (service.label, service.subject) if service.name in ("local", "custom") else ()
        for text in (service.key, service.key_title, *names):
            assert text.startswith("⟦") and own_words(text) == ""


def test_a_voice_is_told_apart_from_its_kind(choices: ServiceChoices) -> None:
    voice, *_ = choices.voices("local", Settings(), ("heart", "emma"))
    assert (voice.name, voice.label, voice.short, voice.kind) == (
        "heart", "Heart, American woman", "Heart", "American woman",
    )  # fmt: skip
    (plain,) = choices.voices("openai", Settings(), ("marin",))
    assert (plain.label, plain.short, plain.kind) == ("Marin", "Marin", "")
