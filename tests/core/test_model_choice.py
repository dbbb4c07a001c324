"""PROVIDER:MODEL is taken apart in one place, and put together exactly as it was."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.model_choice import Addresses, ModelChoice, model_choices, providers_in_use
from voicegui.core.settings import Settings

PACKAGE = Path(__file__).parents[2] / "voicegui"

providers = st.from_regex(r"[a-z0-9_-]+", fullmatch=True)


@given(st.text())
def test_any_text_comes_back_exactly(text: str) -> None:
    assert str(ModelChoice.parse(text)) == text


@given(providers, st.text())
def test_a_choice_is_read_as_it_was_made(provider: str, model: str) -> None:
    made = ModelChoice(provider, model)
    assert ModelChoice.parse(str(made)) == made


@given(providers, st.lists(st.text(st.characters(exclude_characters=":")), min_size=1, max_size=4))
def test_only_the_first_colon_counts(provider: str, parts: list[str]) -> None:
    model = ":".join(parts)
    read = ModelChoice.parse(f"{provider}:{model}")
    assert (read.provider, read.model) == (provider, model)


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("local", "local", ""),
        ("local:qwen2.5-0.5b", "local", "qwen2.5-0.5b"),
        ("openai:gpt-5-mini", "openai", "gpt-5-mini"),
        ("custom:qwen2.5:0.5b", "custom", "qwen2.5:0.5b"),
        ("ollama:hf.co/bartowski/Llama-3.2-3B:Q4_K_M", "ollama", "hf.co/bartowski/Llama-3.2-3B:Q4_K_M"),
        ("custom:ft:gpt-4o:acme::x", "custom", "ft:gpt-4o:acme::x"),
        ("custom::x", "custom", ":x"),
        ("custom::", "custom", ":"),
        ("custom:", "custom", ""),
        ("custom: a model", "custom", " a model"),
        (":x", "", "x"),
        (":", "", ""),
        ("", "", ""),
        ("custom:モデル", "custom", "モデル"),
        ("custom:a\nb", "custom", "a\nb"),
        ("openai：gpt", "openai：gpt", ""),  # a full-width colon is none
    ],
)
def test_kinds_of_texts(text: str, provider: str, model: str) -> None:
    read = ModelChoice.parse(text)
    assert (read.provider, read.model, str(read)) == (provider, model, text)


def test_a_bare_colon_means_nothing() -> None:
    assert ModelChoice.parse("custom:") == ModelChoice.parse("custom") == ModelChoice("custom")
    assert hash(ModelChoice.parse("custom:")) == hash(ModelChoice("custom"))


def test_a_provider_with_a_colon_is_refused() -> None:
    with pytest.raises(ValueError, match="colon|:"):
        ModelChoice("custom:x", "y")


def test_those_of_the_settings() -> None:
    settings = Settings(stt="local", llm="custom:qwen2.5:0.5b", tts="custom")
    assert model_choices(settings) == {
        "stt": ModelChoice("local"), "llm": ModelChoice("custom", "qwen2.5:0.5b"), "tts": ModelChoice("custom"),
    }  # fmt: skip
    assert providers_in_use(settings) == {"local", "custom"}


@pytest.mark.parametrize(
    ("steps", "url"),
    [
        ([("openai", None)], ""),  # a key for OpenAI would go to the other server
        ([("ollama", None)], ""),
        ([("custom:other", None)], "http://a/v1"),  # another model of the same server
        ([("local", None)], "http://a/v1"),  # no address is asked there
        ([("local", None), ("openai", None)], ""),
        ([("local", None), ("custom", None)], "http://a/v1"),
        ([("openai", None), ("custom", None)], "http://a/v1"),  # it comes back with its service
        ([("openai", "http://b/v1")], "http://b/v1"),
        ([("openai", None), ("openai", "http://b/v1"), ("custom", None), ("openai", None)], "http://b/v1"),
    ],
)
def test_an_address_stays_with_its_provider(steps: list[tuple[str, str | None]], url: str) -> None:
    addresses, settings = (
        Addresses(lambda provider: provider == "local"),
        Settings(llm="custom:x", llm_url="http://a/v1"),
    )
    for llm, address in steps:
        wanted = replace(settings, llm=llm, llm_url=settings.llm_url if address is None else address)
        settings = addresses.kept_apart(settings, wanted)
    assert settings.llm_url == url


def test_an_address_that_was_given_before_its_provider_is_chosen_is_kept() -> None:
    addresses = Addresses(lambda provider: provider == "local")
    first = addresses.kept_apart(Settings(), Settings(llm_url="http://a/v1"))
    assert addresses.kept_apart(first, replace(first, llm="custom:x")).llm_url == "http://a/v1"


_OTHER_COLONS = {("ui/actions.py", "address")}
"""What is taken apart there is the address of a link that does something."""


def _split_at_a_colon(tree: ast.AST) -> Iterator[str]:
    splitting = {"partition", "rpartition", "split", "rsplit", "removeprefix", "startswith"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in splitting:
            last = node.args[0].values[-1] if node.args and isinstance(node.args[0], ast.JoinedStr) else None
            at = last or (node.args[0] if node.args else None)
            if isinstance(at, ast.Constant) and isinstance(at.value, str) and at.value.endswith(":"):
                yield ast.unparse(node.func.value)


def test_nobody_else_takes_a_choice_apart() -> None:
    found = {
        (file.relative_to(PACKAGE).as_posix(), what)
        for part in ("app", "terminal", "ui")
        for file in (PACKAGE / part).rglob("*.py")
        for what in _split_at_a_colon(ast.parse(file.read_text("utf-8")))
    }
    assert found == _OTHER_COLONS
