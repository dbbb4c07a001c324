"""The tools that come with the program and keep something."""

from collections.abc import Callable
from typing import Any

from voicegui.core.records import Archive, Facts, Reminders

from .declaration import Tool
from .earlier import EarlierTools
from .function import from_function
from .here import Here
from .memory import MemoryTools
from .reminders import ReminderTools
from .timers import TimerTools


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
