"""The tools that come with the program and keep nothing."""

import locale
from collections.abc import Callable
from typing import Any

from voicegui.core.host import Host
from voicegui.core.settings import Settings

from .calculate import calculate
from .clock import Clock
from .declaration import Tool
from .files import SharedFiles
from .function import from_function
from .here import Here
from .open_meteo import OpenMeteo
from .program import Program
from .weather import Weather

_FAHRENHEIT = ("US", "BS", "BZ", "KY", "FM", "LR", "MH", "PW")
"""Countries."""


def built_in(
    host: Host, settings: Callable[[], Settings], *, imperial: bool | None = None, here: Here | None = None
) -> list[Tool]:
    """`settings` gives those in force at each call. `imperial`: °F, miles and 2:05 PM; None: as the system's locale.

    Loads pydantic (60 ms): not for the event loop's thread.
    """
    imperial = uses_imperial() if imperial is None else imperial
    files = SharedFiles(lambda: settings().shared_folders)
    program = Program(host)
    functions: list[Callable[..., Any]] = [
        Weather(OpenMeteo(), imperial=imperial).get_weather,
        Clock((here or Here()).at_once, twelve=imperial).current_time,
        calculate,
        files.read_file,
        files.list_files,
        program.open_url,
        program.read_clipboard,
        program.copy_text,
        program.set_volume,
        program.set_voice,
        program.end_conversation,
    ]
    return [from_function(each) for each in functions]


def uses_imperial(name: str | None = None) -> bool:
    """`name`: of a locale, such as en_US or, on Windows, English_United States; None: the system's."""
    called = name if name is not None else locale.getlocale()[0] or ""
    country = called.partition("_")[2].partition(".")[0]
    return country in _FAHRENHEIT or country == "United States"
