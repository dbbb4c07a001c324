"""The settings as a text for people: every setting with its meaning, in sections, as TOML."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w

from voicegui.core.declared import Declared, Group
from voicegui.core.settings import Settings, declared

from .checking import described

_HEAD = """\
# Settings of voicegui. To change one by hand, take away the # right before its name and put in your value;
# it holds from the next start. A name that keeps its # has the default, also if a later version has a better one.
# You may also do so while voicegui runs: when something is changed in its window, this file is written anew with what
# you have changed here. Names that voicegui does not know are kept then; comments of your own are not.
"""
_WIDTH = 100


def rendered(settings: Settings, version: int, unknown: Mapping[str, Any]) -> str:
    """A whole file. `unknown`: what a newer version wrote, by its place; it goes where it was.

    Only what differs from the default is set: who never chose gets a better default one day (when a model is shut down,
    for one). The others stand there as comments: who edits by hand sees all there is.
    """
    loose = {key: value for key, value in unknown.items() if not isinstance(value, Mapping)}
    parts = [_HEAD, f"version = {version}\n{tomli_w.dumps(loose) if loose else ''}"]
    for group in Group:
        parts.append(_section(group, settings, unknown.get(group, {})))
    elsewhere = unknown.keys() - loose.keys() - {str(group) for group in Group}
    parts += [tomli_w.dumps({key: value}) for key, value in unknown.items() if key in elsewhere]
    return "\n".join(parts)


def assignment(name: str, value: object) -> str:
    """One line of TOML, or several for a text of several lines."""
    # in a text of several lines a carriage return would be lost
    long = isinstance(value, str) and "\r" not in value
    return tomli_w.dumps({name: value}, multiline_strings=long)


def _section(group: Group, settings: Settings, unknown: Mapping[str, Any]) -> str:
    blocks = [f"# {group.help}\n[{group}]\n"]
    blocks += [_block(each, getattr(settings, each.name)) for each in declared() if each.group is group]
    loose = {key: value for key, value in unknown.items() if not isinstance(value, Mapping)}
    if loose:
        blocks.append(tomli_w.dumps(loose))
    tables = {key: value for key, value in unknown.items() if key not in loose}
    if tables:
        blocks.append(tomli_w.dumps({group.value: tables}))
    return "\n".join(blocks)


def _block(each: Declared, value: object) -> str:
    meaning = "".join(f"# {line}\n" for line in _meaning(each))
    if value != each.default:
        return meaning + assignment(each.name, value)
    return meaning + "".join(f"#{line}\n" for line in assignment(each.name, each.default).splitlines())


def _meaning(each: Declared) -> Iterator[str]:
    detail = f" {each.detail}." if each.detail else ""
    yield from textwrap.wrap(f"{each.label}: {each.help}.{detail}", _WIDTH)
    if each.low is not None or each.choices or each.pattern:
        allowed = described(each)
        yield f"{allowed[0].upper()}{allowed[1:]}{f' {each.unit}' if each.unit else ''}."
