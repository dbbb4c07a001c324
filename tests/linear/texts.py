"""Texts that make patterns and loops work: one sign again and again, two in turn, openings that never close."""

import itertools
from collections.abc import Mapping

_SIGNS = list(" \n\t.,;:!?-–—…'\"`*_~#>|=+/\\()[]{}<>&%$@^0aé’“\u200b\u202e\u0301😀")
_PIECES = [
    "**", "__", "~~", "***", "```", "``` ", "```a", "[](", "[a](", "![](", "![", "[a", "](", "<a", "</a", "<a ",
    "| ", "|-",
    "- ", "* ", "1. ", "1,", "1.", "1 ", "1*", "# ", "> ", ". ", ".\n", ".a", ".)", ".\"", "...............  ",
    "e.g. ", "mr. ", "a b",
    "a ", "*a ", "*a", "_a", "_a ", "a_", "a*b*", "**a", "**a ", "a**", "~~a", "https://", "https://a",
    "http://a.b ", "a.a.", "xn--",
    "https://@", "https://[", "https://%41", "<think>", "</think>", "<tool_call>", "</tool_call>", "[TOOL_CALLS]",
    "<thin", "{\"name\":",
    "{\"a\":", "[[", "{}", "and ", "a and ", "what is ", "how many ", "how many are in ", "add a and ", "a point ",
    "one hundred and ",
    "1h", "12:", "in the ", "the day after ", "me my ", "'s ", "a'a", "a' ", "sk-", "sk-a ", "bearer ", "api_key=",
    "\r\n", "\\u0000",
    "\\\\", "\\*", "a\n", "a\n\n", "|a|\n", "| |", "a, ", "a; ", ", and ", "Ω", "語", "٣", "½", "㍿",
]  # fmt: skip
_FRAMED = {
    "spaces and pipes and x": lambda n: " " * (n // 2) + "|" * (n // 2) + "x",
    "a fence that never ends": lambda n: "```" + "a" * n,
    "a thought that never ends": lambda n: "<think>" + "a " * (n // 2),
    "a call that never ends": lambda n: '{"name": "' + "a" * n,
    "one word": lambda n: "a" * n,
    "digits and a letter": lambda n: "1" * n + "a",
    "stars and a letter": lambda n: "*" * n + "a",
    "underscores and a letter": lambda n: "_" * n + "a",
    "a letter and spaces": lambda n: "a" + " " * n + "b",
    "a rule with a letter": lambda n: "- " * (n // 2) + "x",
    "tokens of dots": lambda n: ("." * 16 + "a") * (n // 17),
    "openings, then ends": lambda n: "[" * (n // 2) + "](" * (n // 4),
    "brackets, then ends": lambda n: "(" * (n // 2) + ")" * (n // 2),
    "an address without an end": lambda n: "https://" + "a" * n,
    "an address with many ats": lambda n: "https://" + "a@" * (n // 2),
    "an address of many labels": lambda n: "https://" + "a." * (n // 2) + "com",
    "an address of foreign letters": lambda n: "https://" + "аж" * (n // 2) + ".com",
}


def texts(length: int) -> Mapping[str, str]:
    """By name; each of about so many characters."""
    pairs = itertools.combinations([" ", ".", "*", "_", "|", "`", "[", "(", "<", "-", "1", "a", "\n", ","], 2)
    units = dict.fromkeys([*_SIGNS, *_PIECES, *map("".join, pairs)])
    repeated = {repr(unit): unit * (length // len(unit)) for unit in units}
    return repeated | {name: make(length) for name, make in _FRAMED.items()}
