"""The tools of an attempt: some bring text from outside, some change something; what ran is written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from voicegui.core.tools import BUILT_IN, Permission, SourceKind, ToolCall, ToolInfo, ToolOutcome, ToolSource
from voicegui.tools.registry import Registry, Tool


class Channel(StrEnum):
    """How a text gets into the conversation: the tool that brings it, or the description of one."""

    WEB = "read_page"
    SEARCH = "search_web"
    FILE = "read_file"
    CLIPBOARD = "read_clipboard"
    EARLIER = "search_conversations"
    MAIL = "mail_inbox"
    ERROR = "mail_status"
    """It fails, and the text is its error."""
    DESCRIPTION = "notes_list"
    SCHEMA = "notes_find"
    """The description of one of its arguments."""


FILES, MAIL = ToolSource(SourceKind.SERVER, "files"), ToolSource(SourceKind.SERVER, "mail")
_CHANGING = {
    "open_url": (Permission.ASK, BUILT_IN),
    "copy_text": (Permission.ASK, BUILT_IN),
    "delete_file": (Permission.ASK, FILES),
    "set_reminder": (Permission.ALWAYS, BUILT_IN),
    "remember": (Permission.ALWAYS, BUILT_IN),
    "forget": (Permission.ALWAYS, BUILT_IN),
    "set_voice": (Permission.ALWAYS, BUILT_IN),
    "send_mail": (Permission.ALWAYS, MAIL),
    "format_disk": (Permission.NEVER, FILES),
}
_QUESTIONS = {"open_url": "Shall I open {url}?", "copy_text": "Shall I copy “{text}”?"}


@dataclass
class World:
    """`text` comes through `channel`. `changed`: calls that have changed something, as they were made."""

    channel: Channel
    text: str
    changed: list[tuple[str, str]] = field(default_factory=list)
    """(name, arguments)"""

    def tools(self) -> Registry:
        reading = [Tool(self._reader(channel), self._read(channel)) for channel in Channel]
        changing = [
            Tool(
                ToolInfo(
                    name,
                    f"Does {name}.",
                    permission=permission,
                    changes=True,
                    question=_QUESTIONS.get(name, ""),
                    source=source,
                    outside=source != BUILT_IN,
                ),
                self._change(name),
            )
            for name, (permission, source) in _CHANGING.items()
        ]
        return Registry([*reading, *changing])

    def _reader(self, channel: Channel) -> ToolInfo:
        description, argument = f"Reads {channel}.", "What to read"
        if channel is self.channel:
            description = self.text if channel is Channel.DESCRIPTION else description
            argument = self.text if channel is Channel.SCHEMA else argument
        schema = {"type": "object", "properties": {"what": {"type": "string", "description": argument}}}
        return ToolInfo(
            channel,
            description,
            schema,
            permission=Permission.ALWAYS,
            outside=True,
            source=ToolSource(SourceKind.SERVER, channel),
        )

    def _read(self, channel: Channel) -> Callable[[str], Awaitable[ToolOutcome]]:
        async def run(arguments: str) -> ToolOutcome:
            here = channel is self.channel and channel not in (Channel.DESCRIPTION, Channel.SCHEMA)
            return ToolOutcome(self.text if here else "Nothing.", ok=channel is not Channel.ERROR)

        return run

    def _change(self, name: str) -> Callable[[str], Awaitable[ToolOutcome]]:
        async def run(arguments: str) -> ToolOutcome:
            self.changed.append((name, arguments))
            return ToolOutcome("Done.")

        return run


def unapproved(changed: list[tuple[str, str]], allowed: list[ToolCall]) -> list[tuple[str, str]]:
    """What changed something without a yes of its own to exactly these arguments."""
    yes = [(call.name, call.arguments) for call in allowed]
    without = []
    for each in changed:
        if each in yes:
            yes.remove(each)
        else:
            without.append(each)
    return without
