"""What a server's tool answered, as the model gets it."""

from voicegui.core.tools import LONGEST_OUTCOME
from voicegui.tools.mcp.results import outcome


def said(*content: object, **more: object):
    return outcome({"content": list(content)} | more)


def test_text() -> None:
    found = said({"type": "text", "text": "It is\n10:30."}, {"type": "text", "text": "Good morning."})
    assert (found.text, found.ok) == ("It is\n10:30.\nGood morning.", True)


def test_what_is_no_text_is_named() -> None:
    found = said(
        {"type": "image", "data": "AAAA", "mimeType": "image/png"},
        {"type": "audio", "data": "AAAA", "mimeType": "audio/wav"},
        {"type": "resource", "resource": {"uri": "file:///a", "blob": "AAAA"}},
        {"type": "resource", "resource": {"uri": "file:///b", "text": "a file's words"}},
        {"type": "resource_link", "uri": "file:///c", "name": "the\nplan"},
        {"type": "hologram"},
    )
    assert found.text.splitlines() == [
        "[an image]",
        "[a sound]",
        "[a file]",
        "a file's words",
        "[a link: the plan]",
        "[something that cannot be shown]",
    ]


def test_structured_content_where_there_is_no_other() -> None:
    assert said(structuredContent={"degrees": 7}).text == '{"degrees": 7}'
    assert said({"type": "text", "text": "7 °"}, structuredContent={"degrees": 7}).text == "7 °"


def test_a_failure() -> None:
    assert not said({"type": "text", "text": "No such zone"}, isError=True).ok
    assert said(isError=True).text == "It failed and said nothing."


def test_nothing_at_all() -> None:
    assert (said().text, said().ok) == ("It is done and said nothing.", True)


def test_ten_megabytes_are_cut_and_say_so() -> None:
    found = said({"type": "text", "text": "x" * 10_000_000})
    assert len(found.text) == LONGEST_OUTCOME
    assert found.text.endswith("\n[cut: it was longer]")


def test_a_hundred_thousand_parts() -> None:
    found = said(*[{"type": "text", "text": "a"}] * 100_000)
    assert found.text.endswith("\n[and more parts]")


def test_control_characters_become_spaces() -> None:
    assert said({"type": "text", "text": "a\x1b[31mb\u202ec\r\nd\te"}).text == "a [31mb c\nd\te"
