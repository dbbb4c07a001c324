"""No decision is made by the words of a sentence that the program itself wrote: each language has others."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import voicegui

_OWN = frozenset({"message", "hint", "heading", "detail", "label", "word", "without_advice"})
"""Fields of our errors, events and what is shown that hold sentences or parts of them."""
_READS = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "find", "index",
     "count", "replace", "rstrip", "lstrip"}
)  # fmt: skip
_LEFT: dict[str, str] = {}


def _is_own(node: ast.expr) -> bool:
    """`error.message`, or something that is made of it: `error.message.lower()`, `error.message[:9]`."""
    match node:
        case ast.Attribute(attr=attr):
            return attr in _OWN
        case ast.Name(id=name):
            return name in _OWN - {"word"}  # which is a word of a user or of a model everywhere
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
            return _is_own(inner)
        case ast.Call(func=ast.Name(), args=[first, *_]):
            return _is_own(first)
    return False


def reads(source: str) -> Iterator[int]:
    """Lines on which such a sentence is read."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _READS and _is_own(value):
                yield node.lineno
            case ast.Compare(ops=ops, comparators=values):
                read = [v for op, v in zip(ops, values, strict=True) if isinstance(op, ast.In | ast.NotIn)]
                if any(_is_own(value) for value in read):
                    yield node.lineno


def _modules() -> list[Path]:
    return sorted(Path(voicegui.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(Path(voicegui.__file__).parent)))
def test_no_module_reads_our_own_sentences(path: Path) -> None:
    if path.relative_to(Path(voicegui.__file__).parent).as_posix() not in _LEFT:
        assert list(reads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "error.message.startswith('The key')",
        "error.message.lower().endswith('again.')",
        "status.word.removeprefix('Problem: ')",
        "self.error.message.removesuffix(' Try again.')",
        "way.label.partition(' ')",
        "error.hint.startswith(('voicegui', 'apt'))",
        "'key' in error.message",
        "hint not in problem.message",
        "'x' in failed.message.casefold()",
        "message.split(': ')[0]",
        "one_line(error.message, 60).startswith('The')",
        "str(way.label)[:3].partition(' ')",
        "error.message[:40].startswith('The')",
        "a == b and 'x' in way.label",
    ],
)
def test_what_reads_one_is_found(line: str) -> None:
    assert list(reads(line)) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "error.message == last.message",
        "error.code in _DOWNLOADED",
        "way.label in (a, b)",
        "text.startswith('a')",
        "f'{error.message} {error.hint}'",
        "problem.hint_kind is HintKind.COMMAND",
    ],
)
def test_what_reads_none_is_not(line: str) -> None:
    assert list(reads(line)) == []
