"""Whether settings are what their declarations allow. Checked by pydantic's engine.

`pydantic_core` alone loads in 11 ms, the package around it in 60 more, and a window reads its settings before it shows.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from voicegui.core.declared import Declared
from voicegui.core.settings import declared

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


def described(each: Declared) -> str:
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


def _schema(each: Declared) -> "CoreSchema":
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
