"""The list of the tools that come with the program: those that keep nothing, and those that do."""

import locale
from collections.abc import Callable
from typing import Any

from voicegui.core.records import Archive, Facts, Reminders
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ProgramControl

from .calculator.tool import calculate
from .clock import Clock
from .files import SharedFiles
from .function_tools import Tool, from_function
from .memory import EarlierTools, MemoryTools
from .open_meteo import OpenMeteo
from .program import ProgramTools
from .reminders import ReminderTools
from .timers import TimerTools
from .times.local_time import Here
from .weather import Weather

_FAHRENHEIT = ("US", "BS", "BZ", "KY", "FM", "LR", "MH", "PW")
"""Countries."""


def built_in(
    host: ProgramControl, settings: Callable[[], Settings], *, imperial: bool | None = None, here: Here | None = None
) -> list[Tool]:
    """`settings` gives those in force at each call. `imperial`: °F, miles and 2:05 PM; None: as the system's locale.

    Loads pydantic (60 ms): not for the event loop's thread.
    """
    imperial = uses_imperial() if imperial is None else imperial
    files = SharedFiles(lambda: settings().shared_folders)
    program = ProgramTools(host)
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


# ---------------------------------------------------------------- tools that keep something


def kept(reminders: Reminders, facts: Facts, archive: Archive, here: Here | None = None) -> list[Tool]:
    """Loads pydantic (60 ms): not for the event loop's thread."""
    here = here or Here()
    of_reminders, of_memory = ReminderTools(reminders, here), MemoryTools(facts)
    functions: list[Callable[..., Any]] = [
        of_reminders.set_reminder,
        of_reminders.set_timer,
        TimerTools(reminders, here).change_timer,
        of_reminders.list_reminders,
        of_reminders.cancel_reminder,
        of_memory.remember,
        of_memory.recall,
        of_memory.forget,
        EarlierTools(archive, here).search_conversations,
    ]
    return [from_function(each) for each in functions]
