"""What is read aloud, made from the same tree as what is shown."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ..addresses import deceives, differs, spoken_host
from ..wording import spoken
from .markdown import read
from .markdown_runs import DONE_TASK, Block, BlockKind, Style, TextRun
from .spoken_numbers import spelled

_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2b00-\u2bff\u200b-\u200f\ufe0f\u20e3]"
)
_JOINED_NAME = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_LEFT_OVER = re.compile(r"[*_`\\|#]{1,3}(?!\w)|[*`\\|]|(?<!\w)_+")
_SPACES = re.compile(r"\s+")
_BEFORE_END = re.compile(r" (?=[.,!?;:](?!\d))")
_EMPTY_COMMAS = re.compile(r"^[,;\s]+|,(?=\s*[,.;!?])")


def speakable(shown: str) -> str:
    """`shown` (Markdown) as plain words for a voice; "" when nothing of it can be said.

    Code is shown, not read; links are read by their text, and by their host where that looks like another; bare
    addresses by their host; formulas in words; emoji and ornaments are dropped.
    """
    text = spelled(_SPACES.sub(" ", " ".join(filter(None, map(_words, read(shown))))))
    text = text.replace("|", ", ").replace("&", " and ")
    text = _JOINED_NAME.sub(" ", text)
    text = _LEFT_OVER.sub(" ", _PICTURES.sub(" ", text))
    text = _BEFORE_END.sub("", _SPACES.sub(" ", text))
    text = _EMPTY_COMMAS.sub("", text).strip().rstrip(",") if "|" in shown else text.strip()
    return text if re.search(r"\w", text) else ""


def _words(block: Block) -> str:
    match block.kind:
        case BlockKind.CODE | BlockKind.RULE:
            return ""
        case BlockKind.TABLE:
            rows = [[_line(cell) for cell in row] for row in block.rows]
            return "; ".join(", ".join(filter(None, row)) for row in rows if any(row))
        case _:
            words = _line(block.runs)
            return spoken("done: {task}", task=words) if block.mark == DONE_TASK and words else words


def _line(runs: Sequence[TextRun]) -> str:
    return "".join(_said(runs)).strip()


def _said(runs: Sequence[TextRun]) -> Iterator[str]:
    for (leads, link), group in groupby(runs, lambda run: (run.leads, run.link)):
        label = "".join(map(_run, group))
        if link and not leads:
            yield spoken_host(link)
        elif leads.lower().startswith(("http://", "https://")) and (deceives(leads) or differs(label, leads)):
            yield spoken("{label}, which leads to {address},", label=label, address=spoken_host(leads))
        else:
            yield label


def _run(run: TextRun) -> str:
    if Style.SILENT in run.style:
        return " "
    return f" {run.formula} " if run.formula else run.text
