"""The settings as a text for people, as TOML, and whether values are what their declarations allow.

They are checked by pydantic's engine: `pydantic_core` alone loads in 11 ms, the package around it in 60 more, and a
window reads its settings before it shows.
"""

import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import tomli_w

from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import Settings, declared

if TYPE_CHECKING:
    from pydantic_core import CoreSchema, SchemaValidator


def allowed(values: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """The values that are allowed, as the types of their settings, and the names of the others. All names are known."""
    from pydantic_core import ValidationError

    try:
        return _validator().validate_python(dict(values)), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        refused = {str(detail["loc"][0]) for detail in details}
    accepted = _validator().validate_python({name: value for name, value in values.items() if name not in refused})
    return accepted, [name for name in values if name in refused]


def wanted_value(each: SettingDeclaration) -> str:
    """What its value has to be: "a number from 0.1 to 0.95"."""
    if each.choices:
        return f"one of {', '.join(each.choices)}"
    if each.low is not None and each.high is not None:
        kind = "a whole number" if each.kind is int else "a number"
        return f"{kind} from {each.low} to {each.high}"
    if each.pattern:
        return f"text like {each.example}" + ("" if each.default else ", or empty")
    return "true or false" if each.kind is bool else "text in quotes"


@cache
def _validator() -> "SchemaValidator":
    from pydantic_core import SchemaValidator
    from pydantic_core import core_schema as schema

    fields = {each.name: schema.typed_dict_field(_schema(each), required=False) for each in declared()}
    return SchemaValidator(schema.typed_dict_schema(fields, extra_behavior="forbid"), None)


def _schema(each: SettingDeclaration) -> "CoreSchema":
    """Strict: the text "3" is no number, 1 is not true. A whole number is a number, though."""
    from pydantic_core import core_schema as schema

    if each.kind is bool:
        return schema.bool_schema(strict=True)
    if each.kind is int:
        return schema.int_schema(strict=True, ge=_whole(each.low), le=_whole(each.high))
    if each.kind is float:
        return schema.float_schema(strict=True, ge=each.low, le=each.high, allow_inf_nan=False)
    if each.choices:
        return schema.literal_schema(list(each.choices))
    return schema.str_schema(strict=True, pattern=rf"\A(?:{each.pattern})\z" if each.pattern else None)


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


# ---------------------------------------------------------------- the text
# Every setting with its meaning, in sections, as TOML.

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
    parts += [_section(group, settings, unknown.get(group, {})) for group in Group]
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


def _block(each: SettingDeclaration, value: object) -> str:
    meaning = "".join(f"# {line}\n" for line in _meaning(each))
    if value != each.default:
        return meaning + assignment(each.name, value)
    return meaning + "".join(f"#{line}\n" for line in assignment(each.name, each.default).splitlines())


def _meaning(each: SettingDeclaration) -> Iterator[str]:
    detail = f" {each.detail}." if each.detail else ""
    yield from textwrap.wrap(f"{each.label}: {each.help}.{detail}", _WIDTH)
    if each.low is not None or each.choices or each.pattern:
        allowed = wanted_value(each)
        yield f"{allowed[0].upper()}{allowed[1:]}{f' {each.unit}' if each.unit else ''}."
