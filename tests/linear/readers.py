"""Everything in the program that reads a text of somebody else, by name."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal

from voicegui.core import addresses, approval, backchannel, history, keys
from voicegui.core.events import ReplyGrew
from voicegui.core.ports import Message
from voicegui.core.records import Reminder
from voicegui.core.text import formulas, heard_words, markdown, sanitiser, spoken_numbers
from voicegui.core.text.reply_filter import ReplyFilter
from voicegui.core.text.sentences import SentenceSplitter, spoken_sentences
from voicegui.core.text.spoken_text import speakable
from voicegui.core.tools import ToolInfo
from voicegui.providers.local import hibari, moonshine, tool_choice, tool_cues
from voicegui.providers.openai import refusals
from voicegui.providers.openai.chat import reasoning, received_fields
from voicegui.providers.openai.chat import tool_calls as openai_arguments
from voicegui.providers.openai.chat.messages import ContextWindow, Form, sent
from voicegui.providers.openai.realtime import speech
from voicegui.providers.openai.service import Stage, StageTarget
from voicegui.server.realtime import events, follower
from voicegui.storage import conversations
from voicegui.terminal import output
from voicegui.tools import number_words as amounts
from voicegui.tools import places, reminder_wording
from voicegui.tools.reminders import read_reminder
from voicegui.tools.times import durations
from voicegui.tools.times.phrases import BadTime
from voicegui.ui import approval_text, missing_glyphs, paragraphs, tool_entries
from voicegui.ui.transcript_entries import Kind, LogEntry
from voicegui.ui.transcript_log import TranscriptLog

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
    return paragraphs.paragraphs(LogEntry(1, Kind.AGENT, 1, text, heard=len(text) // 2))


def _long_talk(text: str) -> object:
    said = [Message(("user", "assistant")[at // 20 % 2], text[at : at + 20]) for at in range(0, len(text), 20)]
    talk = history.History(tuple(said))
    return talk.trimmed(len(text) // 8), talk.due(len(text) // 8)


def _fonts_for(text: str) -> str:
    all_there = missing_glyphs.Fonts()
    all_there.has = lambda character: True
    return all_there.complaint(text)


def _log() -> Callable[[str], object]:
    log = TranscriptLog()
    return lambda piece: log.apply(ReplyGrew(1, piece))


def _arguments(text: str, size: int) -> object:
    """As much as is read of one call."""
    arguments = openai_arguments.CallArguments()
    for at in range(0, min(len(text), openai_arguments.LONGEST_CALL), size):
        arguments.add(text[at : at + size][: openai_arguments.LONGEST_CALL])
    return arguments.whole, arguments.text()


def _thoughts() -> Callable[[str], object]:
    fields = received_fields.ReceivedFields(())
    return lambda piece: fields.add({"reasoning_content": piece})


def _sent(text: str, *roles: Literal["user", "assistant"]) -> object:
    said = [Message(roles[at // 20 % 2], text[at : at + 20]) for at in range(0, len(text), 20)]
    return sent(said), sent(said, Form(told=True, system=False))


def _seen_to_think() -> reasoning.Reasoning:
    seen = reasoning.Reasoning("http://127.0.0.1:1/v1")
    seen.saw()
    return seen


def _numbers(text: str) -> object:
    return amounts.parts_in_digits(amounts.mixed_in_digits(amounts.in_digits(amounts.plain_signs(text)), " [a-z]"))


READERS: Mapping[str, Reader] = {
    "numbers in words and signs": _numbers,
    "speakable": speakable,
    "a formula": lambda text: (formulas.shown_formula(text), formulas.spoken_formula(text)),
    "numerals": spoken_numbers.spelled,
    "sentences, whole": _streamed(_sentences, 10**9),
    "sentences, in pieces of 7": _streamed(_sentences, 7),
    "sentences, letter by letter": _streamed(_sentences, 1),
    "unspoken, whole": lambda text: ReplyFilter(offered=["name"]).feed(text),
    "unspoken, in pieces of 5": _streamed(lambda: ReplyFilter(offered=["a"]).feed, 5),
    "unspoken, letter by letter": _streamed(lambda: ReplyFilter().feed, 1),
    "unspoken, after a thought": _streamed(lambda: ReplyFilter(thinks_ahead=True).feed, 3),
    "harmless": sanitiser.harmless,
    "one line": lambda text: sanitiser.one_line(text, 10**6),
    "one line, all of it": sanitiser.one_line,
    "one line for a model": lambda text: sanitiser.one_line(text, 10**6, sanitiser.HiddenAs.SPACE),
    "quoted": lambda text: sanitiser.quoted(text, 10**6),
    "visible": sanitiser.visible,
    "the same length": sanitiser.same_length,
    "redaction": keys.redacted,
    "is_yes": approval.is_yes,
    "backchannel": lambda text: backchannel.meaning(text, 100),
    "heard": lambda text: heard_words.heard_characters([heard_words.Span(text, 0, 1000)], 500),
    "last word": lambda text: heard_words.last_word_start([heard_words.Span(text, 0, 1000)], 500),
    "tokens": history.estimated_tokens,
    "notes": history.cleaned_notes,
    "host": addresses.real_host,
    "reach": addresses.reach,
    "deceives": addresses.deceives,
    "misleading": addresses.misleading,
    "differs": lambda text: addresses.differs(text, "https://a.b"),
    "plain address": addresses.plain_address,
    "spoken host": addresses.spoken_host,
    "markdown": markdown.read,
    "paragraphs": _paragraphs,
    "breakable": sanitiser.breakable,
    "tip": sanitiser.tip,
    "summary of a call": tool_entries.summary,
    "many values of a call": lambda text: tool_entries.summary(json.dumps(dict(enumerate(text[:900].split() or text)))),
    "arguments of a call": lambda text: tool_entries.pretty(text[:20_000]),
    "fonts for a text": _fonts_for,
    "arguments of a call in words": lambda text: approval_text.readable(f'{{"a": {json.dumps(text)}}}'),
    "terminal": output.indented,
    "say": spoken_sentences,
    "recogniser": moonshine.without_hallucinations,
    "plain words": moonshine._plain,
    "clauses": hibari.clauses,
    "cues": lambda text: tool_cues.candidates(text, [_TOOL]),
    "follows": lambda text: tool_cues.follows(text, text),
    "words said": tool_choice.words_said,
    "an event of a realtime client": lambda text: events.read_client_event(
        json.dumps({"type": text, "session": {"instructions": text, "list": text.split()}})
    ),
    "words that two transcriptions agree on": lambda text: follower.agreed_words(text, text + " x"),
    "realtime": lambda text: speech._compare("Hello there you.", text),
    "is an object": lambda text: openai_arguments.is_object(text),
    "arguments, whole": lambda text: _arguments(text, len(text) or 1),
    "arguments, in pieces of 7": lambda text: _arguments(text, 7),
    "arguments, letter by letter": lambda text: _arguments(text, 1),
    "arguments, the same again and again": lambda text: _arguments(text[:20] * (len(text) // 20), 20),
    "thoughts, in pieces of 7": _streamed(_thoughts, 7),
    "messages, in pieces of 20": lambda text: _sent(text, "user", "user"),
    "messages of both, in pieces of 20": lambda text: _sent(text, "assistant", "user"),
    "a refusal": lambda text: refusals.refusal_error(refusals.Refusal(400, "", text), StageTarget("", Stage.LLM)),
    "a refusal of a length": lambda text: ContextWindow().learn(text, 9_000),
    "a refusal of thoughts": lambda text: _seen_to_think().learn(text, None, {"reasoning_effort": "none"}),
    "matching": lambda text: reminder_wording.meant(text[:2000], [text], str),
    "reminder": reminder_wording.reminder_text,
    "which reminder": lambda text: reminder_wording.matching_reminders(text, [_REMINDER], _NOW),
    "length of time": _refusing(durations.duration),
    "when, of a reminder": _refusing(lambda text: read_reminder("drink", text, _NOW)),
    "region": lambda text: places.is_same_region(text, "Ontario"),
    "yours": reminder_wording.yours,
    "stored": conversations.storable,
    "searched": lambda text: conversations.any_of(text),
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
