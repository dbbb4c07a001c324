"""Towns with their time zones, from `resources/towns.tsv`: found in its text, in a few milliseconds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voicegui.resource_files import resource

from .regions import country, folded, region


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    region: str
    """Of the United States, Canada, Australia and the United Kingdom; else ""."""
    country: str
    code: str
    population: int
    zone: str
    is_called_otherwise: bool
    """It was found by another one of its names."""
    areas: Sequence[str] = ()


class Towns:
    """Reads the file once. Blocks: use it in a thread."""

    def __init__(self) -> None:
        self._text = resource("towns.tsv").read_text("utf-8")

    def called(self, name: str) -> Sequence[Town]:
        """The largest first."""
        wanted, found, at = f",{folded(name)},", [], -1
        while len(wanted) > 2 and (at := self._text.find(wanted, at + 1)) >= 0:
            begin, end = self._text.rfind("\n", 0, at) + 1, self._text.find("\n", at)
            if self._text[begin] not in "#@":
                found.append(_town(self._text[begin : end if end >= 0 else None], folded(name)))
        return found

    def people(self, code: str) -> Sequence[tuple[str, int]]:
        """How many live in which zone of a country or region (ISO 3166), most first; nothing if it is not known."""
        line = re.search(rf"^@{re.escape(code)}\t(.*)$", self._text, re.M)
        pairs = [pair.partition("=") for pair in line[1].split("\t")] if line else []
        return [(zone, int(count)) for zone, _, count in pairs]

    def largest(self, code: str, zone: str) -> str:
        """The name of a town there; "" if none is known."""
        land, _, part = code.partition("-")
        part = part or "[^\t\n]*"
        line = re.search(rf"^([^\t\n@#]+)\t{part}\t{land}\t\d+\t{re.escape(zone)}\t", self._text, re.M)
        return line[1] if line else ""


def _town(line: str, asked: str) -> Town:
    name, part, land, people, zone, *_ = line.split("\t")
    there = region(f"{land}-{part}") if part else ""
    return Town(name, there, country(land), land, int(people), zone, not folded(name).startswith(asked))
