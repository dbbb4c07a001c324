"""The settings file: TOML for people, written atomically, salvaged where it is partly wrong."""

import asyncio
import logging
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from voicegui.core.events import Event, Noticed
from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import Sentence, listed_with_commas, sentence, shown

from .profile import Profile, write_atomically

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


_Forms = tuple[Sentence, Sentence]
"""Within a sentence, and at the beginning of one."""
_CHOICE: _Forms = sentence("one of {choices}"), sentence("One of {choices}")
_WHOLE: _Forms = sentence("a whole number from {low} to {high}"), sentence("A whole number from {low} to {high}")
_NUMBER: _Forms = sentence("a number from {low} to {high}"), sentence("A number from {low} to {high}")
_TEXT_LIKE: _Forms = sentence("text like {example}"), sentence("Text like {example}")
_MAY_BE_EMPTY: _Forms = sentence("text like {example}, or empty"), sentence("Text like {example}, or empty")
_SWITCH: _Forms = sentence("true or false"), sentence("True or false")
_TEXT: _Forms = sentence("text in quotes"), sentence("Text in quotes")


def wanted_value(each: SettingDeclaration, *, begins: bool = False) -> Sentence:
    """What its value has to be: "a number from 0.1 to 0.95"; `begins` a sentence: "A number …"."""
    if each.choices:
        return _CHOICE[begins].filled(choices=listed_with_commas(each.choices))
    if each.low is not None and each.high is not None:
        return (_WHOLE if each.kind is int else _NUMBER)[begins].filled(low=each.low, high=each.high)
    if each.pattern:
        return (_TEXT_LIKE if each.default else _MAY_BE_EMPTY)[begins].filled(example=each.example)
    return (_SWITCH if each.kind is bool else _TEXT)[begins]


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
# Every setting with its meaning, in sections, as TOML. It is always in English, as the names and values in it are: one
# file is read and written by people and programs of several languages, and is the same for all of them.

_HEAD = (
    "Settings of voicegui. To change one by hand, take away the # right before its name and put in your value;\n"
    "it holds from the next start. A name that keeps its # has the default, also if a later version has a better one.\n"
    "You may also do so while voicegui runs: when something is changed in its window, this file is written anew with "
    "what\nyou have changed here. Names that voicegui does not know are kept then; comments of your own are not."
)
_WIDTH = 100


def rendered(settings: Settings, version: int, unknown: Mapping[str, Any]) -> str:
    """A whole file. `unknown`: what a newer version wrote, by its place; it goes where it was.

    Only what differs from the default is set: who never chose gets a better default one day (when a model is shut down,
    for one). The others stand there as comments: who edits by hand sees all there is.
    """
    loose = {key: value for key, value in unknown.items() if not isinstance(value, Mapping)}
    parts = [_comment(_HEAD), f"version = {version}\n{_toml(loose) if loose else ''}"]
    parts += [_section(group, settings, unknown.get(group, {})) for group in Group]
    elsewhere = unknown.keys() - loose.keys() - {str(group) for group in Group}
    parts += [_toml({key: value}) for key, value in unknown.items() if key in elsewhere]
    return "\n".join(parts)


def assignment(name: str, value: object) -> str:
    """One line of TOML, or several for a text of several lines."""
    # in a text of several lines a carriage return would be lost
    long = isinstance(value, str) and "\r" not in value
    return _toml({name: value}, multiline_strings=long)


def _toml(values: Mapping[str, Any], *, multiline_strings: bool = False) -> str:
    import tomli_w

    return tomli_w.dumps(values, multiline_strings=multiline_strings)


def _section(group: Group, settings: Settings, unknown: Mapping[str, Any]) -> str:
    blocks = [f"{_comment(group.help)}[{group}]\n"]
    blocks += [_block(each, getattr(settings, each.name)) for each in declared() if each.group is group]
    loose = {key: value for key, value in unknown.items() if not isinstance(value, Mapping)}
    if loose:
        blocks.append(_toml(loose))
    tables = {key: value for key, value in unknown.items() if key not in loose}
    if tables:
        blocks.append(_toml({group.value: tables}))
    return "\n".join(blocks)


def _block(each: SettingDeclaration, value: object) -> str:
    meaning = "".join(map(_comment, _meaning(each)))
    if value != each.default:
        return meaning + assignment(each.name, value)
    return meaning + "".join(f"#{line}\n" for line in assignment(each.name, each.default).splitlines())


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _meaning(each: SettingDeclaration) -> Iterator[str]:
    detail = f" {each.detail}." if each.detail else ""
    yield from textwrap.wrap(f"{each.label}: {each.help}.{detail}", _WIDTH)
    if each.low is not None or each.choices or each.pattern:
        unit = f" {each.unit}" if each.unit else ""
        yield f"{wanted_value(each, begins=True).written()}{unit}."


# ---------------------------------------------------------------- the file

log = logging.getLogger(__name__)

# what reads and writes a file is imported when there is one: the first start has none


def load_settings(path: Path) -> tuple[Settings, list[Sentence]]:
    """Settings and sentences about what could not be used; defaults take the place of that. Never raises."""
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), []
    except OSError as error:
        return Settings(), [_UNREAD.filled(path=path, error=str(error))]
    from .settings_reading import read_settings

    found = read_settings(raw, path)
    for name in found.unknown_names():
        log.warning("Unknown setting in %s: %s", path.name, name)
    return Settings(**found.values), [*found.problems, *found.remarks]


_UNREAD = sentence("The settings in {path} cannot be read, the defaults are used: {error}.")


class SettingsStore:
    """The file while a program runs, which may be edited by hand or by another program meanwhile: only what was changed
    in this one is written over what the file says then.

    `used`: what the program began with; `kept`: what of it was in the file. They differ in what holds for one run only.
    Blocks; for one thread at a time.
    """

    def __init__(self, path: Path, used: Settings, kept: Settings) -> None:
        self._path = path
        self._used = used
        self._kept = kept

    def write(self, used: Settings) -> Sequence[Sentence]:
        """Returns sentences about what in the file could not be used and was put aside. Raises OSError."""
        changed = {each.name for each in fields(used) if getattr(used, each.name) != getattr(self._used, each.name)}
        if not changed:
            return ()
        kept = replace(self._kept, **{name: getattr(used, name) for name in changed})
        problems = save_settings(self._path, kept, changed, self._used)
        self._used, self._kept = used, kept
        return problems


def save_settings(
    path: Path, settings: Settings, changed: Collection[str] | None = None, before: Settings | None = None
) -> Sequence[Sentence]:
    """Writes all settings at once, or those that were `changed`: the others stay as the file has them now. So does what
    this version does not know (of a newer one). `before`: what they were before they were changed; of a list only those
    entries are written that differ from it.

    A file that is partly wrong is first kept beside it as `settings.toml.unreadable`: what a person wrote by hand and
    mistyped is not lost; `settings` stand for what cannot be read, and for a file that is gone. Returns sentences about
    it. Raises OSError; the old file is then intact.
    """
    with _alone(path):
        return _save(path, settings, changed, before)


_WAIT_S = 2.0
"""Another program writes the file for a moment."""


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other program writes the file between reading and writing it; without locks the last one wins."""
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=_WAIT_S)
    except (OSError, NotImplementedError) as error:  # a folder that cannot be written, a disk without locks
        log.warning("the settings file could not be locked: %s", type(error).__name__)
    try:
        yield
    finally:
        lock.release()


def _save(
    path: Path, settings: Settings, changed: Collection[str] | None, before: Settings | None
) -> Sequence[Sentence]:
    from .migrations import VERSION
    from .settings_reading import SettingsRead, aside, merged, read_settings

    try:
        raw = path.read_bytes()
        found = read_settings(raw, path)
    except FileNotFoundError:
        raw, found = b"", SettingsRead(VERSION)
    if found.problems:
        write_atomically(aside(path), raw)
    if changed is not None and raw:
        others = {name: value for name, value in found.values.items() if name not in changed}
        ours = {name: getattr(settings, name) for name in changed}
        if before is not None and not found.problems:
            there = {name: found.values.get(name, getattr(Settings(), name)) for name in ours}
            ours = {name: merged(name, getattr(before, name), value, there[name]) for name, value in ours.items()}
        settings = replace(settings if found.problems else Settings(), **others, **ours)
    write_atomically(path, rendered(settings, max(VERSION, found.version), found.unknown).encode())
    return found.problems


# ---------------------------------------------------------------- writing as they change


class StoredSettings:
    """Writes them in a thread, one after the other. That they cannot be written is told once, and again only after it
    went well. `used` and `kept`: see `SettingsStore`."""

    def __init__(self, profile: Profile, used: Settings, kept: Settings, tell: Callable[[Event], None]) -> None:
        self._profile, self._tell = profile, tell
        self._file = SettingsStore(profile.settings_file, used, kept)
        self._one_at_a_time = asyncio.Lock()
        self._unstored = False

    async def write(self, wanted: Callable[[], Settings]) -> None:
        """What is `wanted` by the time of writing. Raises nothing."""
        try:
            async with self._one_at_a_time:
                for problem in await asyncio.to_thread(self._file.write, wanted()):
                    self._tell(Noticed(problem.shown()))
        except OSError as error:
            log.warning("settings were not stored: %s", type(error).__name__)
            if not self._profile.problem and not self._unstored:
                self._unstored = True
                self._tell(Noticed(shown("The settings could not be stored: they hold until voicegui ends.")))
            return
        self._unstored = False
