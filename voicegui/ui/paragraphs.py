"""Entries as paragraphs: what the transcript writes, before it is a document. No Qt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from voicegui.core.addresses import deceives, differs, shown_host
from voicegui.core.events import Timings
from voicegui.core.text.markdown import read
from voicegui.core.text.markdown_runs import Block, BlockKind, Style, TextRun
from voicegui.core.text.sanitiser import harmless, one_line
from voicegui.core.wording import marked, shown, shown_plural

from .actions import CopyCode, EndCall, ShowWhole, ToggleCall
from .event_texts import separated
from .text_pieces import Paragraph, Piece, Tone, highlighted
from .tool_entries import CallState, ShownCall, pretty, summary
from .transcript_entries import Kind, LogEntry

GAPS = {BlockKind.ITEM: 4, BlockKind.CODE: 18, BlockKind.HEADING: 16, BlockKind.TABLE: 12, BlockKind.FORMULA: 12}
"""Logical pixels above a block that is not the first of its entry; 10 otherwise."""

_NEAR = 200
"""Blocks at the end among which the last two parts are looked for."""

CUT, CUT_LINES = 1200, 14
"""Characters and lines of arguments, and of a result, that are shown at first."""


TONES = {CallState.WAITING: Tone.WARNING, CallState.FAILED: Tone.ERROR}


def paragraphs(entry: LogEntry, before: Sequence[Paragraph] = (), blocks: Sequence[Block] = ()) -> "Layout":
    """What `entry` shows. `before` and `blocks` are its last layout, if its text has only grown since."""
    match entry.kind:
        case Kind.AGENT:
            return _reply(entry, before, blocks)
        case Kind.USER:
            style = Style.ITALIC if entry.partial else Style.PLAIN
            tone = Tone.QUIET if entry.partial or entry.waiting or entry.past else Tone.TEXT
            return Layout((Paragraph(Kind.USER, (Piece(entry.text, 0, style, tone=tone),), 32),))
        case Kind.TOOL:
            return Layout(tuple(_tool(entry.number, entry.call))) if entry.call else Layout(())
        case Kind.NOTE:
            pieces = (Piece(entry.text, tone=Tone.FAINT), *_links(entry))
            return Layout((Paragraph(Kind.NOTE, pieces, 16, small=True),))
        case Kind.FAILED:
            if entry.question:
                quiet = (Piece(entry.text, tone=Tone.QUIET), *_links(entry))
                return Layout((Paragraph(Kind.FAILED, quiet, 12, small=True),))
            pieces = (Piece(f"▲ {entry.text}", tone=Tone.ERROR), *_links(entry))
            return Layout((Paragraph(Kind.FAILED, pieces, 20),))


def _links(entry: LogEntry) -> Iterator[Piece]:
    for way in entry.ways:
        yield Piece("  ")
        yield Piece(way.label, action=way.action)


def _tool(number: int, call: ShownCall) -> Iterator[Paragraph]:
    """A line; below it, when it is opened, everything there is, as text of somebody else: never Markdown or a link."""
    opens = ToggleCall(number)
    head = [Piece(call.label, style=Style.BOLD, action=opens)]
    if values := summary(call.arguments):
        head.append(Piece(f"  {values}", action=opens, tone=Tone.QUIET, gives=True))
    head.append(Piece(f"  ·  {call.words}", action=opens, tone=TONES.get(call.state, Tone.QUIET)))
    if call.state is CallState.RUNNING:
        head += [Piece("   "), Piece(shown("Cancel"), action=EndCall(number))]
    yield Paragraph(Kind.TOOL, tuple(head), 26)
    if call.opened:
        title = shown("Arguments of {tool}", tool=one_line(call.name, 64))
        yield from _detail(title, pretty(call.arguments), number, call.whole)
    if call.opened and call.finished:
        title = shown("Result after {seconds} s", seconds=f"{call.seconds:.2f}")
        yield from _detail(title, call.result, number, call.whole)


def _detail(title: str, text: str, number: int, whole: bool) -> Iterator[Paragraph]:
    part = text if whole else "\n".join(text[:CUT].split("\n")[:CUT_LINES])
    yield Paragraph(BlockKind.PARAGRAPH, (Piece(title, tone=Tone.FAINT),), 14, small=True)
    yield Paragraph(BlockKind.CODE, (Piece(harmless(part) or shown("(empty)"), style=Style.CODE),), 9)
    if len(part) < len(text):
        label = shown_plural("Show all {number} character", "Show all {number} characters", len(text),
                             number=f"{len(text):,}")  # fmt: skip
        show_all = Piece(label, action=ShowWhole(number), tone=Tone.QUIET)
        yield Paragraph(BlockKind.PARAGRAPH, (show_all,), 9, small=True)


@dataclass(frozen=True, slots=True)
class Layout:
    paragraphs: tuple[Paragraph, ...]
    blocks: tuple[Block, ...] = ()


def _reply(entry: LogEntry, before: Sequence[Paragraph], known: Sequence[Block]) -> Layout:
    """Only the last two parts are read again: what stands before them no longer changes when text is appended."""
    parts = sorted({block.start for block in known[-_NEAR:]})
    start = parts[-2] if before and len(parts) > 2 else 0
    kept = [block for block in known if block.start < start]
    blocks = (*kept, *read(entry.text, start))
    done = [*before[: len(kept)]] if entry.heard is None else []
    done += [
        _block(blocks[index], index, entry, blocks[index - 1].kind if index else None)
        for index in range(len(done), len(blocks))
    ]
    if entry.heard is not None:
        done.append(Paragraph(Kind.AGENT, (Piece(_cut(entry), tone=Tone.FAINT),), 3, small=True))
    return Layout(tuple(done), blocks)


def _block(block: Block, index: int, entry: LogEntry, before: BlockKind | None) -> Paragraph:
    def written(runs: Sequence[TextRun]) -> tuple[Piece, ...]:
        pieces = list(_pieces(runs))
        if entry.past:
            pieces = [replace(piece, tone=Tone.QUIET) if piece.tone is Tone.TEXT else piece for piece in pieces]
        if entry.heard is not None:
            pieces = [part for piece in pieces for part in _split(piece, entry.heard)]
        return tuple(pieces)

    pieces = written(block.runs)
    if block.kind is BlockKind.CODE:
        if block.whole:
            pieces = tuple(part for piece in pieces for part in _coloured(piece, block.language))
        pieces = (*_head(block, entry.number), *pieces)
    gap = (
        24
        if index == 0
        else max(GAPS.get(block.kind, 10), 18 if before is BlockKind.CODE else 14 if before is BlockKind.TABLE else 0)
    )
    rows = tuple(tuple(written(cell) for cell in row) for row in block.rows)
    return Paragraph(block.kind, pieces, gap, block.level, block.mark, rows=rows, aligned=block.aligned)


def _head(block: Block, number: int) -> Iterator[Piece]:
    """The line above code: its language, and what copies it."""
    if block.runs:
        yield Piece(f"{harmless(block.language)}\t", tone=Tone.FAINT)
        yield Piece(shown("Copy"), action=CopyCode(number, block.runs[0].start), tone=Tone.QUIET)
        yield Piece("\n")


def _coloured(piece: Piece, language: str) -> Iterator[Piece]:
    return highlighted(piece, language) if piece.tone is Tone.TEXT and not piece.width else iter((piece,))


def code_at(blocks: Sequence[Block], start: int) -> str:
    """The code whose first character is at `start`."""
    return next(("".join(run.text for run in b.runs) for b in blocks if b.runs and b.runs[0].start == start), "")


def _pieces(runs: Sequence[TextRun]) -> Iterator[Piece]:
    """A link that looks as if it led elsewhere is followed by the host that it really leads to."""
    for link, group in groupby(runs, lambda run: run.link):
        linked = list(group)
        yield from (Piece(run.text, run.start, run.style, link, width=run.width) for run in linked)
        if link and (deceives(link) or differs("".join(run.text for run in linked), link)):
            yield Piece(f" ⚠ {shown_host(link)}", tone=Tone.WARNING)


def _split(piece: Piece, heard: int) -> Iterator[Piece]:
    """What was not heard is dimmed and struck."""
    if piece.start < 0:
        yield piece
        return
    cut = min(max(heard - piece.start, 0), len(piece.text))
    if piece.width:  # it is heard as a whole
        cut = len(piece.text) if heard >= piece.end else 0
    if cut:
        yield replace(piece, text=piece.text[:cut])
    if cut < len(piece.text):
        style = piece.style | Style.STRUCK
        yield replace(piece, text=piece.text[cut:], start=piece.start + cut, style=style, tone=Tone.FAINT)


def _cut(entry: LogEntry) -> str:
    heard = shown_plural("heard {heard} of {count} character", "heard {heard} of {count} characters", len(entry.text),
                         heard=entry.heard)  # fmt: skip
    parts = [shown("interrupted"), heard]
    if entry.timings and entry.timings.voice_to_voice is not None:
        parts.append(shown("{seconds} s", seconds=f"{entry.timings.voice_to_voice / 1000:.2f}"))
    return separated(parts)


class LatencyPart(StrEnum):
    """What a turn's latency is made of; the values are what people call them."""

    NOTICING = marked("noticing that you had finished")
    HEARING = marked("hearing")
    THINKING = marked("thinking")
    SPEAKING = marked("speaking")


def stages(timings: Timings) -> Sequence[tuple[LatencyPart, float]]:
    """The parts of a turn's latency in ms, in order; they add up to the last that was reached."""
    ends = (timings.end_of_turn, timings.stt, timings.first_token, timings.voice_to_voice)
    parts: list[tuple[LatencyPart, float]] = []
    before = 0.0
    for part, end in zip(LatencyPart, ends, strict=True):
        if end is not None:  # stages overlap: one that was ready before the one it follows took no time of its own
            parts.append((part, max(0.0, end - before)))
            before = max(before, end)
    return parts


def word_at(text: str, position: int) -> tuple[int, int]:
    """The word of `text` at or after `position`, as a range; empty at the end."""
    start = min(max(position, 0), len(text))
    while start < len(text) and not text[start].isalnum():
        start += 1
    end = start
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "'’"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "'’"):
        end += 1
    return start, end
