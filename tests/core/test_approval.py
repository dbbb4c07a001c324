"""What counts as yes, and how permission is asked for."""

import pytest

from voicegui.core.approval import is_yes, spoken_question
from voicegui.core.tools import Permission, ToolCall, ToolInfo, needs_approval, read_permissions, write_permissions


@pytest.mark.parametrize(
    "words",
    ["Yes.", "yes", "Yeah, sure!", "Okay, go ahead.", "Oh yes please", "Please do.", "Yes yes", "Well, okay then"],
)
def test_agreement(words):
    assert is_yes(words)


@pytest.mark.parametrize(
    "words",
    ["", "No.", "Yes but only the first", "yes or no", "Don't", "yes, open the other one", "I said yes yesterday",
     "mm-hm", "Right.", "not okay", "yes and also delete it", "okay Google, no", "please", "thanks"],
)  # fmt: skip
def test_everything_else_is_no(words):
    assert not is_yes(words)


OPEN = ToolInfo("open_url", "Opens.", label="Open a page", question="Shall I open {url}?")


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        ('{"url": "https://www.example.org/a?b=c"}', "Shall I open example.org?"),
        ('{"url": "https://yes@evil.example:8080/x"}', "Shall I open the unusual address evil.example:8080?"),
        ('{"url": "a\\nb   c"}', "Shall I open a b c?"),
        ('{"url": ["a", 1]}', 'Shall I open ["a", 1]?'),
        ("{}", "Shall I use Open a page?"),
        ("no json", "Shall I use Open a page?"),
        ("[1]", "Shall I use Open a page?"),
    ],
)
def test_the_question_is_one_sayable_sentence(arguments, question):
    assert spoken_question(OPEN, ToolCall("1", "open_url", arguments)) == question


def test_long_arguments_are_shortened_aloud():
    asked = spoken_question(OPEN, ToolCall("1", "open_url", '{"url": "' + "x" * 500 + '"}'))
    assert len(asked) < 120 and "and so on" in asked


def test_a_question_cannot_reach_into_arguments():
    sly = ToolInfo("x", "X.", question="Shall I {a.__class__} {a[0]}?")
    assert spoken_question(sly, ToolCall("1", "x", '{"a": "b"}')) in ("Shall I use x?", "Shall I <class 'str'> b?")


def test_after_text_from_outside_always_is_not_always_for_what_changes():
    reads = ToolInfo("r", "", permission=Permission.ALWAYS)
    changes = ToolInfo("c", "", permission=Permission.ALWAYS, changes=True)
    assert not needs_approval(reads, tainted=True) and not needs_approval(changes, tainted=False)
    assert needs_approval(changes, tainted=True)
    assert needs_approval(ToolInfo("a", ""), tainted=False)


def test_permissions_as_text():
    text = "open_url=never, get_weather=ask"
    assert read_permissions(text) == {"open_url": Permission.NEVER, "get_weather": Permission.ASK}
    assert read_permissions(write_permissions(read_permissions(text))) == read_permissions(text)
    assert read_permissions("") == {}
