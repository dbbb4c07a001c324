"""Everything in the program that reads a text of somebody else, by name."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

from voicegui.core import (
    addresses,
    approval,
    backchannel,
    heard,
    history,
    markdown,
    notes,
    numerals,
    redaction,
    tex,
    visible,
)
from voicegui.core.events import ReplyGrew
from voicegui.core.ports import Message
from voicegui.core.records import Reminder
from voicegui.core.sentences import SentenceSplitter
from voicegui.core.spoken import speakable
from voicegui.core.tools import ToolInfo
from voicegui.core.unspoken import Unspoken
from voicegui.providers.local import choice, cues, recogniser, voice
from voicegui.providers.openai import arguments as openai_arguments
from voicegui.providers.openai import realtime_tts, received, refusals, thoughts
from voicegui.providers.openai.asked import Asked
from voicegui.providers.openai.messages import Form, sent
from voicegui.providers.openai.room import Room
from voicegui.providers.openai.service import Stage
from voicegui.storage import rows
from voicegui.terminal import say, screen
from voicegui.tools import matching, pending, phrasing, regions
from voicegui.tools import numerals as amounts
from voicegui.tools.reminders import read_reminder
from voicegui.tools.times import durations
from voicegui.tools.times.errors import BadTime
from voicegui.ui import calls, fonts, foreign, paragraphs, readable
from voicegui.ui.messages import Entry, Kind, Log

Reader = Callable[[str], object]

_NOW = datetime(2026, 3, 11, 14, 20, tzinfo=UTC)
_REMINDER = Reminder(1, "stretch", _NOW.timestamp() + 60, _NOW.timestamp())
_TOOL = ToolInfo("find_bread", "Finds bread. Use it for bread.", cues=("bread", "find"))


def _streamed(make: Callable[[], Callable[[str], object]], size: int) -> Reader:
    def read(text: str) -> None:
        feed = make()
        for at in range(0, len(text), size):
            feed(text[at : at + size])

    return read


def _refusing(read: Reader) -> Reader:
    def reads(text: str) -> None:
        with suppress(BadTime):
            read(text)

    return reads


def _sentences(finish: bool = True) -> Callable[[str], object]:
    splitter = SentenceSplitter()
    return lambda piece: list(splitter.feed(piece))


def _paragraphs(text: str) -> object:
    return paragraphs.paragraphs(Entry(1, Kind.AGENT, 1, text, heard=len(text) // 2))


def _long_talk(text: str) -> object:
    said = [Message(("user", "assistant")[at // 20 % 2], text[at : at + 20]) for at in range(0, len(text), 20)]
    talk = history.History(tuple(said))
    return talk.trimmed(len(text) // 8), talk.due(len(text) // 8)


def _fonts_for(text: str) -> str:
    all_there = fonts.Fonts()
    all_there.has = lambda character: True
    return all_there.complaint(text)


def _log() -> Callable[[str], object]:
    log = Log()
    return lambda piece: log.apply(ReplyGrew(1, piece))


def _arguments(text: str, size: int) -> object:
    """As much as is read of one call."""
    arguments = openai_arguments.Arguments()
    for at in range(0, min(len(text), openai_arguments.LONGEST_CALL), size):
        arguments.add(text[at : at + size][: openai_arguments.LONGEST_CALL])
    return arguments.whole, arguments.text()


def _thoughts() -> Callable[[str], object]:
    fields = received.Fields(())
    return lambda piece: fields.add({"reasoning_content": piece})


def _sent(text: str, *roles: Literal["user", "assistant"]) -> object:
    said = [Message(roles[at // 20 % 2], text[at : at + 20]) for at in range(0, len(text), 20)]
    return sent(said), sent(said, Form(told=True, system=False))


def _seen_to_think() -> thoughts.Thoughts:
    seen = thoughts.Thoughts("http://127.0.0.1:1/v1")
    seen.saw()
    return seen


def _numbers(text: str) -> object:
    return amounts.parts_in_digits(amounts.mixed_in_digits(amounts.in_digits(amounts.plain_signs(text)), " [a-z]"))


READERS: Mapping[str, Reader] = {
    "numbers in words and signs": _numbers,
    "speakable": speakable,
    "a formula": lambda text: (tex.shown_formula(text), tex.spoken_formula(text)),
    "numerals": numerals.spelled,
    "sentences, whole": _streamed(_sentences, 10**9),
    "sentences, in pieces of 7": _streamed(_sentences, 7),
    "sentences, letter by letter": _streamed(_sentences, 1),
    "unspoken, whole": lambda text: Unspoken(offered=["name"]).feed(text),
    "unspoken, in pieces of 5": _streamed(lambda: Unspoken(offered=["a"]).feed, 5),
    "unspoken, letter by letter": _streamed(lambda: Unspoken().feed, 1),
    "unspoken, after a thought": _streamed(lambda: Unspoken(thinks_ahead=True).feed, 3),
    "harmless": visible.harmless,
    "one line": lambda text: visible.one_line(text, 10**6),
    "line": visible.line,
    "redaction": redaction.redacted,
    "is_yes": approval.is_yes,
    "backchannel": lambda text: backchannel.meaning(text, 100),
    "heard": lambda text: heard.heard_characters([heard.Span(text, 0, 1000)], 500),
    "last word": lambda text: heard.last_word_start([heard.Span(text, 0, 1000)], 500),
    "tokens": history.estimated_tokens,
    "notes": notes.cleaned,
    "host": addresses.real_host,
    "reach": addresses.reach,
    "deceives": addresses.deceives,
    "misleading": addresses.misleading,
    "differs": lambda text: addresses.differs(text, "https://a.b"),
    "plain address": addresses.plain_address,
    "spoken host": addresses.spoken_host,
    "markdown": markdown.read,
    "paragraphs": _paragraphs,
    "breakable": foreign.breakable,
    "tip": foreign.tip,
    "summary of a call": calls.summary,
    "arguments of a call": lambda text: calls.pretty(text[:20_000]),
    "fonts for a text": _fonts_for,
    "arguments of a call in words": lambda text: readable.readable(f'{{"a": {json.dumps(text)}}}'),
    "terminal": screen.indented,
    "say": say.spoken,
    "recogniser": recogniser.clean,
    "plain words": recogniser._plain,
    "clauses": voice.clauses,
    "cues": lambda text: cues.candidates(text, [_TOOL]),
    "follows": lambda text: cues.follows(text, text),
    "words said": choice.words_said,
    "realtime": lambda text: realtime_tts._compare("Hello there you.", text),
    "is an object": lambda text: openai_arguments.is_object(text),
    "arguments, whole": lambda text: _arguments(text, len(text) or 1),
    "arguments, in pieces of 7": lambda text: _arguments(text, 7),
    "arguments, letter by letter": lambda text: _arguments(text, 1),
    "arguments, the same again and again": lambda text: _arguments(text[:20] * (len(text) // 20), 20),
    "thoughts, in pieces of 7": _streamed(_thoughts, 7),
    "messages, in pieces of 20": lambda text: _sent(text, "user", "user"),
    "messages of both, in pieces of 20": lambda text: _sent(text, "assistant", "user"),
    "a refusal": lambda text: refusals.refused(refusals.Refusal(400, "", text), Asked("", Stage.LLM)),
    "a refusal of a length": lambda text: Room().learn(text, 9_000),
    "a refusal of thoughts": lambda text: _seen_to_think().learn(text, None, {"reasoning_effort": "none"}),
    "matching": lambda text: matching.meant(text[:2000], [text], str),
    "reminder": phrasing.cleaned,
    "which reminder": lambda text: pending.found(text, [_REMINDER], _NOW),
    "length of time": _refusing(durations.duration),
    "when, of a reminder": _refusing(lambda text: read_reminder("drink", text, _NOW)),
    "region": lambda text: regions.is_same_region(text, "Ontario"),
    "yours": phrasing.yours,
    "stored": rows.storable,
    "searched": lambda text: rows.any_of(text),
    "a long talk": _long_talk,
    "the transcript, in pieces of 20": _streamed(_log, 20),
}
_MANY_STEPS = ("speakable", "markdown", "sentences, whole", "numerals", "a formula")
STREAMED = tuple(
    name
    for name in READERS
    if "pieces" in name or "letter by" in name or "after a thought" in name or name in _MANY_STEPS
)
"""Read piece by piece, or in many steps: from shorter texts."""
