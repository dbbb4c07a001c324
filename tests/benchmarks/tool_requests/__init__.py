"""Requests that need a tool and talk that needs none, and whether a call is the right one. The format: first.toml."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicegui.core.tools import ToolCall
from voicegui.tools.calculator import BadSum
from voicegui.tools.calculator.calculation import calculated

_NAMES = {"place_or_zone": "place", "level": "volume"}
"""Arguments that the requests call otherwise than the tools."""

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Spoken:
    say: str
    tool: str = ""
    """"" needs none."""
    arguments: Mapping[str, Any] | None = None
    before: Sequence[str] = ()


def read(name: str) -> tuple[Sequence[Spoken], Sequence[Spoken]]:
    """Those that need a tool, and those that need none."""
    document = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    needs = [
        Spoken(each["say"], each["tool"], each.get("arguments", {}), each.get("before", ()))
        for each in document["needs"]
    ]
    return needs, [Spoken(each["say"]) for each in document["none"]]


def right(spoken: Spoken, call: ToolCall | None) -> bool:
    """The right tool with the right arguments; no call for talk."""
    if call is None or call.name != spoken.tool:
        return call is None and not spoken.tool
    given = {_NAMES.get(name, name): value for name, value in json.loads(call.arguments).items()}
    wanted = spoken.arguments or {}
    return all(_fits(str(given.get(name, "")), wanted.get(name, "")) for name in {*given, *wanted})


def _fits(given: str, wanted: str | Sequence[str] | Mapping[str, Any]) -> bool:
    said = _plain(given)
    if isinstance(wanted, str):
        return said == _plain(wanted)
    if isinstance(wanted, Mapping):
        if "value" in wanted:
            return _comes_to(given, wanted["value"])
        return all(any(_plain(choice) in said for choice in part.split("|")) for part in wanted["contains"])
    return said in map(_plain, wanted)


def _plain(text: str) -> str:
    return text.strip(" .,!?").lower().replace("’", "'")


def _comes_to(expression: str, value: float) -> bool:
    try:
        number = calculated(expression).number
    except BadSum:
        return False
    return math.isclose(float(number), value, rel_tol=1e-4)
