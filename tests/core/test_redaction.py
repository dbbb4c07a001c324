import pytest

from voicegui.core.keys import redacted

BODY = "AbCd1234efGH"


def key(prefix: str) -> str:
    """Put together here, so that no scanner takes this file for a leak."""
    return prefix + BODY


@pytest.mark.parametrize(
    "prefix", ["sk-", "sk-proj-", "sk-or-v1-", "sk-lm-", "gsk_", "ek_", "sess-", "hf_", "xai-", "AIza"]
)
def test_keys_of_known_services_are_taken_out(prefix: str) -> None:
    for text in ("wrong key {}", "key={}, retry", "('{}',)", "https://host/?key={}&x=1", "{}", "\u201c{}\u201d."):
        assert redacted(text.format(key(prefix))) == text.format("[key]")


def test_what_a_server_quotes_of_a_key_is_taken_out_too() -> None:
    assert (
        redacted(f"Incorrect API key provided: {key('sk-')[:7]}********wxyz.") == "Incorrect API key provided: [key]."
    )


@pytest.mark.parametrize(
    "before", ["Authorization: Bearer ", "authorization: bearer ", "api-key: ", "x-api-key: ", "API_KEY="]
)
def test_whatever_stands_where_a_key_stands_is_taken_out(before: str) -> None:
    assert redacted(f"{before}{BODY}") == f"{before}[key]"
    assert redacted(f"{{'{before}{BODY}'}}") == f"{{'{before}[key]'}}"


@pytest.mark.parametrize(
    "text",
    [
        "the risk-assessment of task-management",
        "a disk-encryption-key of ask-me-anything",
        "sk-1",
        "OPENAI_API_KEY is empty",
        "microphone bearer of news",
        "sk_SK locale",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert redacted(text) == text
