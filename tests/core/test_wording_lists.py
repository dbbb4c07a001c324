"""Lists, and sentences behind each other, in every language."""

import pickle
from collections.abc import Iterator

import pytest

from tests.core.test_wording import German
from voicegui.core.wording import (
    Sentence,
    listed,
    listed_with_commas,
    sentence,
    sentences,
    shown,
    use_translations,
    verbatim,
)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


@pytest.mark.parametrize(
    ("parts", "most", "text"),
    [
        ([], None, ""),
        (["a"], None, "a"),
        (["a", "b"], None, "a and b"),
        (["a", "b", "c"], None, "a, b and c"),
        (["{a}", "b, c", "d and e"], None, "{a}, b, c and d and e"),
        ([sentence("the {what}", what="timer"), "b"], None, "the timer and b"),
        (list("abcdef"), 5, "a, b, c, d, e and 1 more"),
        (list("abcde"), 5, "a, b, c, d and e"),
        (list("abcde"), 1, "a and 4 more"),
        (list("abc"), 0, "3 more"),
    ],
)
def test_a_list_stands_in_a_sentence(parts: list[Sentence | str], most: int | None, text: str) -> None:
    assert listed(parts, most).written() == text


def test_a_list_is_in_the_language_of_the_whole() -> None:
    use_translations(
        shown=German({"{first} and {last}": "{first} und {last}",
                      "the lamp": "die Lampe", "{count} more": "noch {count}"}),
        spoken=German({"{first}, {second}": "{first}、{second}"}),
    )  # fmt: skip
    parts: list[Sentence | str] = ["a", sentence("the lamp"), "c", "d"]
    assert shown("{which}", which=listed(parts, 2)) == "a, die Lampe und noch 2"
    assert listed(parts).spoken() == "a、the lamp、c and d"
    assert listed_with_commas(parts).shown() == "a, die Lampe, c, d"


def test_a_list_may_be_long() -> None:
    parts = [str(number) for number in range(5000)]
    assert pickle.loads(pickle.dumps(listed_with_commas(parts))).written() == ", ".join(parts)


def test_sentences_stand_behind_each_other() -> None:
    assert sentences("A.", "", sentence("B."), "C.").written() == "A. B. C."
    assert [sentences().written(), sentences("").written(), sentences("", "A.").written()] == ["", "", "A."]
    use_translations(shown=German({"B.": "Bb."}))
    assert sentences("A.", sentence("B.")).shown() == "A. Bb."


def test_what_is_somebody_elses_is_not_looked_up() -> None:
    use_translations(shown=German({"{text}": "so: {text}", "Retry": "Noch einmal"}))
    assert verbatim("Retry").shown() == "Retry" and listed(["Retry"]).shown() == "Retry"
