"""A session that only records and says what a test tells it to say."""

import math
from collections.abc import Callable, Sequence

from voicegui.core.commands import Command
from voicegui.core.events import Event, Phase, StateChanged
from voicegui.core.ports import DeviceInfo, Levels
from voicegui.core.session import Choice
from voicegui.core.settings import Settings


class FakeDevices:
    def __init__(self) -> None:
        self.used: list[dict[str, str | None]] = []
        self.watchers: list[Callable[[], None]] = []
        self.microphone_list = [
            DeviceInfo("usb", "USB Headset", True),
            DeviceInfo("builtin", "Built-in Audio", False),
        ]

    def microphones(self) -> Sequence[DeviceInfo]:
        return self.microphone_list

    def speakers(self) -> Sequence[DeviceInfo]:
        return [DeviceInfo("usb", "USB Headset", True), DeviceInfo("hdmi", "HDMI & Display", False)]

    def use(self, *, microphone: str | None = None, speaker: str | None = None) -> None:
        self.used.append({"microphone": microphone, "speaker": speaker})

    def watch(self, changed: Callable[[], None]) -> None:
        self.watchers.append(changed)


class FakeLevels:
    """Blocks of 20 ms that a test appends."""

    def __init__(self) -> None:
        self.microphone: list[float] = []
        self.speaker: list[float] = []
        self.probability = 0.0
        self.pulls = 0

    def append(self, microphone: float, speaker: float, count: int = 1) -> None:
        self.microphone += [microphone] * count
        self.speaker += [speaker] * count

    def levels(self, since: int) -> Levels:
        self.pulls += 1
        first = max(since, len(self.microphone) - 500)
        return Levels(self.microphone[first:], self.speaker[first:], len(self.microphone), self.probability)


class FakeSession:
    """Strict: a command nobody asked for fails `expect`."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.changes: list[Settings] = []
        self.receivers: list[Callable[[Event], None]] = []
        self.devices = FakeDevices()
        self.levels = FakeLevels()
        self.settings = Settings(llm="local:qwen2.5-0.5b")
        self.spoken = 0
        self.cancelled = 0
        self.drawn: Callable[[], None] = lambda: None
        """Set by the gallery: what was appended so far is drawn now."""

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        self.receivers.append(receive)
        return lambda: self.receivers.remove(receive)

    def spoken_until(self) -> int:
        return self.spoken

    def change(self, settings: Settings) -> None:
        self.changes.append(settings)
        self.settings = settings

    def voices(self) -> Sequence[Choice]:
        return [Choice("heart", "heart"), Choice("bella", "bella"), Choice("adam", "adam", "81 MB", available=False)]

    def models(self) -> Sequence[Choice]:
        return [
            Choice("local:qwen2.5-0.5b", "Qwen 0.5B", "380 MB"),
            Choice("local:qwen2.5-1.5b", "Qwen 1.5B", "1.1 GB", available=False),
        ]

    def cancel_loading(self) -> None:
        self.cancelled += 1

    # ------------------------------------------------------------ for tests

    def emit(self, *events: Event) -> None:
        for event in events:
            for receive in list(self.receivers):
                receive(event)

    def state(self, phase: Phase, *, user: bool = False, hands_free: bool = True, talking: bool = False,
              muted: bool = False) -> None:  # fmt: skip
        self.emit(StateChanged(phase, user, hands_free, talking, muted))

    def expect(self, *commands: Command) -> None:
        """Exactly these were sent since the last call."""
        sent, self.commands = self.commands, []
        assert sent == list(commands), f"sent {sent}, expected {list(commands)}"


def speech(blocks: int, seed: float = 0.0) -> list[float]:
    """Peaks that look like speech: syllables in phrases."""
    return [
        max(0.008, 0.5 * abs(math.sin(i * 0.23 + seed)) * (0.35 + 0.65 * abs(math.sin(i * 0.041 + seed)))
            * (0.6 + 0.4 * math.sin(i * 1.7 + seed)))
        for i in range(blocks)
    ]  # fmt: skip
