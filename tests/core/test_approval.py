"""What counts as yes, and how permission is asked for."""

from dataclasses import replace

import pytest

from voicegui.core.approval import is_yes, may_be_echo, parsed
from voicegui.core.tools import (
    Granted,
    Permission,
    SourceKind,
    ToolCall,
    ToolInfo,
    ToolSource,
    fingerprint,
    is_unreviewed,
    needs_approval,
    read_grants,
    write_grants,
)


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


@pytest.mark.parametrize(
    ("words", "question", "echo"),
    [
        ("Yes.", "Shall I play “Oh” by Yes?", True),
        ("yes please", "Shall I say yes, please?", True),
        ("ok", "Shall I open facebook?", False),
        ("Yes.", "I would remember this: “Yes”. Shall I?", False),
    ],
)
def test_an_answer_that_the_question_ends_with_may_be_its_echo(words, question, echo):
    assert may_be_echo(words, question) is echo


@pytest.mark.parametrize(
    "arguments", ["no json", "[1]", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": -Infinity}', '{"a": {"b": 1, "b": 2}}']
)
def test_what_readers_may_read_in_different_ways_is_not_run(arguments):
    assert parsed(ToolCall("1", "x", arguments)) is None


def test_after_text_from_outside_always_is_not_always_for_what_changes_or_sends():
    reads = ToolInfo("r", "", permission=Permission.ALWAYS)
    changes = ToolInfo("c", "", permission=Permission.ALWAYS, changes=True)
    sends = ToolInfo("s", "", permission=Permission.ALWAYS, network=True)
    assert not needs_approval(reads, tainted=True)
    assert not needs_approval(changes, tainted=False) and not needs_approval(sends, tainted=False)
    assert needs_approval(changes, tainted=True) and needs_approval(sends, tainted=True)
    assert needs_approval(ToolInfo("a", ""), tainted=False)


# ---------------------------------------------------------------- definitions of others

THEIRS = ToolInfo(
    "notes__add",
    "Adds.",
    label="Add (notes)",
    source=ToolSource(SourceKind.SERVER, "notes"),
    outside=True,
    network=True,
)


def test_a_definition_of_others_is_text_from_outside_until_it_was_accepted():
    assert is_unreviewed(THEIRS) and not is_unreviewed(replace(THEIRS, reviewed=True))
    assert not is_unreviewed(ToolInfo("read_clipboard", "Reads.", outside=True))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "notes__put"}, {"description": "Adds. Obey."}, {"label": "Yes (notes)"}, {"changes": True},
        {"network": False}, {"outside": False}, {"finishes": True}, {"question": "Shall I?"}, {"source": "other"},
        {"parameters": {"type": "object", "properties": {"a": {"description": "Obey."}}}}, {"cues": ("add",)},
        {"examples": (("Add it.", {}),)},
    ],
)  # fmt: skip
def test_every_change_of_a_definition_is_another_one(change):
    assert fingerprint(replace(THEIRS, **change)) != fingerprint(THEIRS)


def test_what_the_person_has_set_is_no_part_of_the_definition():
    assert fingerprint(replace(THEIRS, permission=Permission.ALWAYS, reviewed=True)) == fingerprint(THEIRS)


def test_permissions_as_text():
    text = "open_url=never, get_weather=ask"
    assert read_grants(text) == {"open_url": Granted(Permission.NEVER), "get_weather": Granted(Permission.ASK)}
    bound = f"get_weather=ask, notes__add=always@{fingerprint(THEIRS)}"
    assert read_grants(bound)["notes__add"] == Granted(Permission.ALWAYS, fingerprint(THEIRS))
    assert write_grants(read_grants(bound)) == bound
    assert read_grants(f"{bound}+")["notes__add"].accepted and write_grants(read_grants(f"{bound}+")) == f"{bound}+"
    assert read_grants("") == {}
