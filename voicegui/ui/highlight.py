"""Colours of code. No Qt."""

from collections.abc import Iterator
from dataclasses import replace

from .pieces import Piece, Tone

LONGEST = 20_000
"""Characters of code that are coloured; more takes longer than a frame."""


def highlighted(piece: Piece, language: str) -> Iterator[Piece]:
    """`piece` cut where its colour changes; as it is for languages that nobody knows."""
    if not language or len(piece.text) > LONGEST:
        yield piece
        return
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        yield piece
        return
    begins = end = 0
    tone = Tone.TEXT
    for at, token, text in lexer.get_tokens_unprocessed(piece.text):
        found = _tone(token)
        if found is not tone and text.strip():
            if end > begins:
                yield replace(piece, text=piece.text[begins:end], start=piece.start + begins, tone=tone)
            begins, tone = end, found
        end = at + len(text)
    if begins < len(piece.text):
        yield replace(piece, text=piece.text[begins:], start=piece.start + begins, tone=tone)


def _tone(token: object) -> Tone:
    from pygments.token import Comment, Keyword, Literal, Name, Operator

    kinds = (
        (Comment, Tone.FAINT), (Keyword, Tone.KEYWORD), (Operator.Word, Tone.KEYWORD), (Name.Tag, Tone.KEYWORD),
        (Literal.Number, Tone.NUMBER), (Literal.String, Tone.STRING), (Name.Function, Tone.NAME),
        (Name.Class, Tone.NAME), (Name.Decorator, Tone.NAME), (Name.Attribute, Tone.NAME),
    )  # fmt: skip
    return next((tone for kind, tone in kinds if token in kind), Tone.TEXT)
