"""JSON as people paste it: with comments, commas too many, curly quotation marks, a fence around it. Pure."""

import re

_TOKENS = re.compile(
    r"""
      (?P<text>"(?:[^"\\\n]|\\.)*(?:"|\\?(?=\n)|\\?\Z))    # left as it is
    | [“”„‟″](?P<curly>(?:[^"“”„‟″\\\n]|\\.)*)(?:["“”„‟″]|\\?(?=\n)|\\?\Z)   # a word processor's quotation marks
    | (?P<remark>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))
    | (?P<space>[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]+)
    """,
    re.VERBOSE,
)
_COMMAS = re.compile(r"""(?P<text>"(?:[^"\\\n]|\\.)*(?:"|\\?(?=\n)|\\?\Z))|,(?P<space>\s*)(?=[}\]])""")


def as_json(text: str) -> str:
    """The same as strict JSON, as far as it is known what was meant; everything stays in its line."""
    first, _, rest = text.strip().partition("\n")
    if first.startswith("```") and rest.endswith("```"):
        text = "\n" + rest.removesuffix("```")
    text = _COMMAS.sub(_without_comma, _TOKENS.sub(_plain, text))
    start = text.lstrip()
    # a piece out of the middle of a file: its braces are missing
    return f"{{{text.rstrip().rstrip(',')}}}" if start.startswith('"') else text


def _plain(found: re.Match[str]) -> str:
    if found["text"] is not None:
        return found["text"]
    if found["curly"] is not None:
        return f'"{found["curly"]}"'
    return re.sub(r"[^\n]", " ", found[0])


def _without_comma(found: re.Match[str]) -> str:
    return found["text"] if found["text"] is not None else " " + found["space"]
