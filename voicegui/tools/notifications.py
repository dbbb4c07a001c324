"""Notifications on the desktop: D-Bus on Linux, the notification centers of Windows and macOS."""

import asyncio
import logging
import sys
import threading
from typing import TYPE_CHECKING

from voicegui.core.text.sanitiser import one_line

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

log = logging.getLogger(__name__)

ANSWER_S = 10.0
"""A desktop has that long to take a notification."""
LONGEST = 300
"""Characters shown."""


class DesktopNotifications:
    """Where there is no service for them nothing happens, but for a line in the log.

    The library gets a thread with an event loop of its own, from the first notification until the program ends: what it
    needs of a loop is not all there in Qt's. Its connection stays, too: some desktops withdraw what a program showed
    when that goes.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notifier: DesktopNotifier | None = None  # only on the thread

    async def notify(self, text: str) -> None:
        """Shows it until it is dismissed, or as long as the desktop likes. Raises nothing."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="notifications", daemon=True).start()
        sending = asyncio.run_coroutine_threadsafe(self._send(one_line(text[:LONGEST])), self._loop)
        try:
            async with asyncio.timeout(ANSWER_S):
                problem = "" if await asyncio.wrap_future(sending) else "there is no service for them"
        except TimeoutError:
            problem = "no answer"
        except Exception as error:  # of a library with three systems below it
            problem = type(error).__name__
        if problem:
            log.warning("the desktop does not take notifications: %s", problem)

    # ------------------------------------------------------------ on its own thread

    async def _send(self, text: str) -> bool:
        known, self._notifier = self._notifier, self._notifier or _notifier()
        if await _sent(self._notifier, text):
            return True
        self._notifier = None  # its connection may have been lost
        if known is None:
            return False
        self._notifier = _notifier()
        return await _sent(self._notifier, text)


async def _sent(notifier: "DesktopNotifier", text: str) -> bool:
    """The library only logs what goes wrong. The words are the title: in what is below it desktops look for markup."""
    dispatched: list[bool] = []
    await notifier.send(title=text, message="", on_dispatched=lambda: dispatched.append(True))
    return bool(dispatched)


def _notifier() -> "DesktopNotifier":
    from desktop_notifier import DesktopNotifier, Icon

    logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)  # it would log what is shown
    return DesktopNotifier("voicegui", Icon(name="voicegui") if sys.platform == "linux" else None)
