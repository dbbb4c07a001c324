"""A strict desktop: takes the notifications that are expected, in this order, and nothing else.

    python -m tests.tools.notification_server EXPECTED.json COMMAND [ARG ...]

Runs COMMAND with it on the session bus and ends with COMMAND's code; with 70 if a notification came that was not
expected, with 71 if one that was expected did not come.
"""

# ruff: noqa: N802 - the names are those of the interface on the bus

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"

String = Annotated[str, DBusSignature("s")]
Strings = Annotated[list[str], DBusSignature("as")]
Number = Annotated[int, DBusSignature("u")]
Signed = Annotated[int, DBusSignature("i")]
Hints = Annotated[dict[str, Any], DBusSignature("a{sv}")]
Information = Annotated[tuple[str, str, str, str], DBusSignature("ssss")]


class Desktop(ServiceInterface):
    def __init__(self, expected: list[str]) -> None:
        super().__init__(NAME)
        self.expected = expected
        self.unexpected = 0

    @dbus_method()
    def GetCapabilities(self) -> Strings:
        return ["body", "body-markup"]

    @dbus_method()
    def GetServerInformation(self) -> Information:
        return ("strict", "tests", "1", "1.2")

    @dbus_method()
    def Notify(
        self,
        app: String,
        replaces: Number,
        icon: String,
        summary: String,
        body: String,
        actions: Strings,
        hints: Hints,
        timeout: Signed,
    ) -> Number:
        if (app, replaces, icon, body) != ("voicegui", 0, "voicegui", "") or self.expected[:1] != [summary]:
            self.unexpected += 1
            print(f"not expected: {app} {replaces} {icon} {summary!r} {body!r}", file=sys.stderr)
            return 0
        self.expected.pop(0)
        return 1

    @dbus_method()
    def CloseNotification(self, number: Number) -> None:
        self.unexpected += 1

    @dbus_signal()
    def NotificationClosed(self, number: int, reason: int) -> Annotated[list[int], DBusSignature("uu")]:
        return [number, reason]


async def main(expected: list[str], command: list[str]) -> int:
    bus = await MessageBus(bus_type=BusType.SESSION).connect()
    desktop = Desktop(expected)
    bus.export(PATH, desktop)
    await bus.request_name(NAME)
    code = await (await asyncio.create_subprocess_exec(*command)).wait()
    bus.disconnect()
    if desktop.unexpected:
        return 70
    if desktop.expected:
        print(f"did not come: {desktop.expected}", file=sys.stderr)
        return 71
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2:])))
