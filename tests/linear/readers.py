"""Everything in the program that reads a text of somebody else, by name."""

from collections.abc import Callable, Mapping

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
from voicegui.core.sentences import SentenceSplitter
from voicegui.core.spoken import speakable
from voicegui.core.tools import ToolInfo
from voicegui.core.unspoken import Unspoken
from voicegui.providers.local import choice, cues, recogniser, voice
from voicegui.providers.openai import calls as openai_calls
from voicegui.providers.openai import realtime_tts
from voicegui.storage import rows
from voicegui.terminal import say, screen
from voicegui.tools import matching, phrasing
from voicegui.ui import calls, foreign, paragraphs
from voicegui.ui.messages import Entry, Kind, Log

Reader = Callable[[str], object]

_TOOL = ToolInfo("find_bread", "Finds bread. Use it for bread.", cues=("bread", "find"))


def _streamed(make: Callable[[], Callable[[str], object]], size: int) -> Reader:
    def read(text: str) -> None:
        feed = make()
        for at in range(0, len(text), size):
            feed(text[at : at + size])

    return read


def _sentences(finish: bool = True) -> Callable[[str], object]:
    splitter = SentenceSplitter()
    return lambda piece: list(splitter.feed(piece))


def _paragraphs(text: str) -> object:
    return paragraphs.paragraphs(Entry(1, Kind.AGENT, 1, text, heard=len(text) // 2))


def _long_talk(text: str) -> object:
    said = [Message(("user", "assistant")[at // 20 % 2], text[at : at + 20]) for at in range(0, len(text), 20)]
    talk = history.History(tuple(said))
    return talk.trimmed(len(text) // 8), talk.due(len(text) // 8)


def _log() -> Callable[[str], object]:
    log = Log()
    return lambda piece: log.apply(ReplyGrew(1, piece))


READERS: Mapping[str, Reader] = {
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
    "terminal": screen.indented,
    "say": say.spoken,
    "recogniser": recogniser.clean,
    "plain words": recogniser._plain,
    "clauses": voice.clauses,
    "cues": lambda text: cues.candidates(text, [_TOOL]),
    "follows": lambda text: cues.follows(text, text),
    "words said": choice.words_said,
    "realtime": lambda text: realtime_tts._compare("Hello there you.", text),
    "is an object": lambda text: openai_calls.is_object(text),
    "matching": lambda text: matching.meant(text[:2000], [text], str),
    "reminder": phrasing.cleaned,
    "yours": phrasing.yours,
    "stored": rows.storable,
    "searched": lambda text: rows.any_of(text),
    "a long talk": _long_talk,
    "the transcript, in pieces of 20": _streamed(_log, 20),
}
STREAMED = tuple(name for name in READERS if "pieces" in name or "letter by" in name or "after a thought" in name)
"""Read piece by piece: from shorter texts, since there are many more steps."""
