"""Answers that cost far more than they weigh, in plain Python: what a server sends for one call of a tool."""

import json
from collections.abc import Callable

MEGABYTE = 1_000_000
FINE = '{"type":"text","text":"fine"}'
Lines = list[str]


def _result(id: int, result: str) -> str:
    return f'{{"jsonrpc":"2.0","id":{id},"result":{result}}}'


def _answer(result: str) -> Callable[[int], Lines]:
    return lambda id: [_result(id, result)]


def _content(parts: str) -> Callable[[int], Lines]:
    return _answer(f'{{"content":[{parts}]}}')


def _after(notices: Callable[[], Lines]) -> Callable[[int], Lines]:
    return lambda id: [*notices(), _result(id, f'{{"content":[{FINE}]}}')]


def _notice(method: str, params: str) -> str:
    return f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}'


def _error(id: int) -> Lines:
    data = ",".join("0" * 25_000)
    error = f'{{"code":-1,"message":"{"m" * MEGABYTE}","data":[{data}]}}'
    return [f'{{"jsonrpc":"2.0","id":{id},"error":{error}}}']


TOO_MUCH = "answered something too long, or that cannot be understood."
NOT_UNDERSTOOD = "answered something that cannot be understood."

FLOODS: dict[str, tuple[Callable[[int], Lines], str]] = {
    "zeros": (_content(",".join("0" * 400_000)), TOO_MUCH),
    "zeros, as many as are let in": (_content(",".join("0" * 29_000)), NOT_UNDERSTOOD),
    "empty objects": (_content(",".join(["{}"] * 300_000)), TOO_MUCH),
    "empty lists": (_content(",".join(["[]"] * 300_000)), TOO_MUCH),
    "empty texts": (_content(",".join(['""'] * 300_000)), TOO_MUCH),
    "parts without a kind": (_content(",".join(["{}"] * 14_000)), NOT_UNDERSTOOD),
    "parts": (_content(",".join(['{"type":"text","text":"a"}'] * 60_000)), TOO_MUCH),
    "parts, as many as are let in": (_content(",".join(['{"type":"text","text":"a"}'] * 7000)), "[and more parts]"),
    "keys": (_answer(json.dumps({"structuredContent": {str(key): 0 for key in range(150_000)}})), TOO_MUCH),
    "the same key": (_answer('{"structuredContent":{' + ",".join(['"a":0'] * 300_000) + "}}"), TOO_MUCH),
    "one long key": (_answer('{"content":[' + FINE + '],"' + "k" * (MEGABYTE + 900_000) + '":0}'), "fine"),
    "lists within lists": (_content("[" * 500_000), TOO_MUCH),
    "objects within objects": (_content('{"a":' * 200_000), TOO_MUCH),
    "41 lists within each other": (_content("[" * 41 + "]" * 41), TOO_MUCH),
    "numbers without end": (_content("1" * MEGABYTE), TOO_MUCH),
    "large numbers": (_content(",".join(["1e308"] * 150_000)), TOO_MUCH),
    "a picture": (_content(f'{{"type":"image","mimeType":"image/png","data":"{"A" * 10 * MEGABYTE}"}}'), TOO_MUCH),
    "a small picture": (
        _content(f'{{"type":"image","mimeType":"image/png","data":"{"A" * (MEGABYTE + 900_000)}"}}'),
        "[an image]",
    ),
    "a file": (
        _content(f'{{"type":"resource","resource":{{"uri":"file:///x","blob":"{"A" * (MEGABYTE + 900_000)}"}}}}'),
        "[a file]",
    ),
    "a file as text": (
        _content(f'{{"type":"resource","resource":{{"uri":"file:///x","text":"{"A" * (MEGABYTE + 900_000)}"}}}}'),
        "[cut: it was longer]",
    ),
    "escapes": (_content('{"type":"text","text":"' + '\\"' * 900_000 + '"}'), "[cut: it was longer]"),
    "half characters": (_content('{"type":"text","text":"\\ud800"}'), TOO_MUCH),
    "what is no value": (_content('{"type":"text","text":"' + "a" * MEGABYTE), TOO_MUCH),
    "what belongs to nothing": (
        _answer(f'{{"_meta":{{"a":[{",".join("0" * 25_000)}]}},"content":[{FINE}]}}'),
        "fine",
    ),
    "values in a list": (
        _answer(json.dumps({"content": [], "structuredContent": {"rows": [[0] * 10] * 2500}})),
        "[cut: it was longer]",
    ),
    "an error": (_error, "refused: “mmm"),
    "progress": (
        _after(lambda: [_notice("notifications/progress", '{"progressToken":7,"progress":1}')] * 300),
        "fine",
    ),
    "long news": (
        _after(
            lambda: [_notice("notifications/message", f'{{"level":"info","data":[{",".join("0" * 25_000)}]}}')] * 20
        ),
        "fine",
    ),
    "news that are too long": (
        _after(
            lambda: [_notice("notifications/message", f'{{"level":"info","data":[{",".join("0" * 400_000)}]}}')] * 5
        ),
        "fine",
    ),
    "questions": (
        _after(
            lambda: [
                f'{{"jsonrpc":"2.0","id":"{number}","method":"sampling/createMessage","params":'
                f'{{"messages":[{",".join("0" * 25_000)}],"maxTokens":1}}}}'
                for number in range(5)
            ]
        ),
        "fine",
    ),
}  # fmt: skip
"""What comes for a request of that id, one message a line, and what the model is told of it."""
