"""What a session tells, for tests that wait for it."""

import asyncio
from collections.abc import Callable
from typing import Any

from voicegui.app.desktop_session import DesktopSession
from voicegui.core.events import Event

HANGS_S = 120
"""What takes longer hangs: a busy machine does not."""


class Told:
    """Everything the session told, and a way to wait for more."""

    def __init__(self, session: DesktopSession) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()
        session.subscribe(self._receive)

    def _receive(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    async def until(self, wanted: type[Any] | Callable[[Event], bool], **fields: Any) -> Any:
        """The first event of that kind with these fields, or the first that is right, among those that were not waited
        for yet."""
        async with asyncio.timeout(HANGS_S):
            while True:
                for index, event in enumerate(self.events):
                    right = isinstance(event, wanted) if isinstance(wanted, type) else wanted(event)
                    if right and all(getattr(event, name) == fields[name] for name in fields):
                        del self.events[: index + 1]
                        return event
                self._more.clear()
                await self._more.wait()
