"""What one setting is: everything a file, a dialog or a command line has to know about it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .wording import marked, shown


class Group(StrEnum):
    """Pages of the settings, in their order. Label and help are `marked`, as those of settings are."""

    CONVERSATION = "conversation"
    SERVICES = "services"
    VOICE = "voice"
    TURN_TAKING = "turn_taking"
    SOUND = "sound"
    TOOLS = "tools"
    LIMITS = "limits"
    PRIVACY = "privacy"
    APPEARANCE = "appearance"

    @property
    def label(self) -> str:
        return _GROUPS[self][0]

    @property
    def help(self) -> str:
        """One sentence below the title of the page."""
        return _GROUPS[self][1]


_GROUPS = {
    Group.CONVERSATION: (
        marked("Conversation"),
        marked("Who answers, in which language, and what it is told beforehand."),
    ),
    Group.SERVICES: (
        marked("Services"),
        marked("Hearing, thinking and speaking can each run on this machine or with a service."),
    ),
    Group.VOICE: (marked("Voice"), marked("How replies sound.")),
    Group.TURN_TAKING: (marked("Turn taking"), marked("When it listens, and how it notices that you have finished.")),
    Group.SOUND: (marked("Sound"), marked("Where you are heard and where replies are played.")),
    Group.TOOLS: (
        marked("Tools"),
        marked("What it may do besides talk. Each call is shown, and you decide which of them ask first."),
    ),
    Group.LIMITS: (
        marked("Limits"),
        marked("How long answers and conversations get, and how long a service may take."),
    ),
    Group.PRIVACY: (marked("Privacy"), marked("What is kept.")),
    Group.APPEARANCE: (marked("Appearance"), marked("How the window looks.")),
}


@dataclass(frozen=True, slots=True)
class SettingDeclaration:
    """The declaration of one setting; `Settings` holds one for each field.

    Its type is that of `default`: str, bool, int or float. Label, help, detail, unit and labels of choices are
    `marked`: the window shows them through `in_words`, the settings file holds them as they are.
    """

    default: Any
    label: str
    help: str
    """One or two sentences: what it means, and what an empty or extreme value means."""
    group: Group
    detail: str = ""
    """What only some want to know, in terms of the trade: how it is written in the file, what services call it."""
    name: str = ""
    """The field of `Settings`, filled in by `settings.declared`."""
    low: float | None = None
    high: float | None = None
    """Numbers: the smallest and the largest allowed, both included."""
    step: float = 1
    """Numbers: what one press of an arrow key changes."""
    unit: str = ""
    """Numbers: what is shown behind it, such as "ms"."""
    choices: tuple[str, ...] = ()
    """Text: the only values allowed; empty when any text is."""
    choice_labels: tuple[str, ...] = ()
    """What people call them, in their order; empty where something else says so."""
    pattern: str = ""
    """Text: a regular expression that the whole value has to match."""
    example: str = ""
    """Text: something that matches, for a person."""
    long: bool = False
    """Text: it may have several lines."""
    advanced: bool = False
    """Few people need it: shown last."""

    @property
    def kind(self) -> type:
        return type(self.default)

    def in_words(self) -> "SettingDeclaration":
        """As a person reads it, in the language of the window."""
        return replace(
            self,
            label=shown(self.label),
            help=shown(self.help),
            detail=shown(self.detail),
            unit=shown(self.unit),
            choice_labels=tuple(map(shown, self.choice_labels)),
        )


def setting(default: Any, label: str, help: str, group: Group, **more: Any) -> Any:
    """A field of `Settings` with its declaration."""
    return field(default=default, metadata={"declared": SettingDeclaration(default, label, help, group, **more)})
