"""A session that only records and says what a test tells it to say."""

import asyncio
import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace

from voicegui.app.choices import routes
from voicegui.core.commands import Command
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Phase, StateChanged
from voicegui.core.keys import KeyPlace, KeyState, Secret
from voicegui.core.persona import Persona, read_personas
from voicegui.core.ports import AudioLevels, DeviceInfo
from voicegui.core.privacy import DataFlow, online
from voicegui.core.records import Fact
from voicegui.core.session import PickerChoice, ServiceInfo, StageSetting
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ServersFault, ToolFile, ToolServer
from voicegui.core.tools import Permission, ToolInfo
from voicegui.resource_files import resource

PRESETS = read_personas(tomllib.loads(resource("presets.toml").read_text("utf-8")))
DETAILS = {
    KeyPlace.KEYRING: "In the keyring", KeyPlace.MEMORY: "Only for this session",
    KeyPlace.ENVIRONMENT: "From OPENAI_API_KEY", None: "No key",
}  # fmt: skip
MODELS: dict[StageSetting, Sequence[PickerChoice]] = {
    "stt": [
        PickerChoice("openai:gpt-transcribe", "gpt-transcribe"),
        PickerChoice("openai:whisper-1", "whisper-1", shutdown="2999-02-26", successor="openai:gpt-transcribe"),
    ],
    "llm": [
        PickerChoice("local:qwen2.5-0.5b", "Qwen 0.5B", "380 MB"),
        PickerChoice("local:qwen2.5-1.5b", "Qwen 1.5B", "1.1 GB", available=False),
        PickerChoice("openai:gpt-6-luna", "gpt-6-luna"),
        PickerChoice("openai:gpt-4o", "gpt-4o", shutdown="2001-01-14", successor="openai:gpt-6-luna"),
        PickerChoice("ollama:llama4", "llama4"),
    ],
    "tts": [
        PickerChoice("openai:gpt-realtime-2.1-mini", "gpt-realtime-2.1-mini"),
        PickerChoice(
            "openai:gpt-4o-mini-tts", "gpt-4o-mini-tts", "", True, "2999-01-06", "openai:gpt-realtime-2.1-mini"
        ),
    ],
}


class FakeDevices:
    def __init__(self) -> None:
        self.used: list[dict[str, str | None]] = []
        self.watchers: list[Callable[[], None]] = []
        self.looked = True
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

    def levels(self, since: int) -> AudioLevels:
        self.pulls += 1
        first = max(since, len(self.microphone) - 500)
        return AudioLevels(self.microphone[first:], self.speaker[first:], len(self.microphone), self.probability)


class FakeKeys:
    """Keeps keys by name; `say` scripts what fails."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[KeyPlace, Secret]] = {}
        self.place = KeyPlace.KEYRING
        self.said = ""
        self.failures: list[VoiceError] = []
        """For the next calls of `set` and `delete`."""

    async def get(self, service: str) -> Secret | None:
        raise AssertionError("the window has no business with the key itself")

    async def set(self, service: str, key: Secret) -> KeyState:
        self._fail()
        self.kept[service] = (self.place, key)
        return self._state(service)

    async def delete(self, service: str) -> KeyState:
        self._fail()
        del self.kept[service]
        return self._state(service)

    async def state(self, service: str) -> KeyState:
        return self._state(service)

    def notice(self) -> str:
        return self.said

    def _state(self, service: str) -> KeyState:
        place = self.kept[service][0] if service in self.kept else None
        return KeyState(service, place, DETAILS[place])

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


class Script:
    """What an async method answers, in order; a call nobody scripted fails, and so does an answer nobody asked for."""

    def __init__(self) -> None:
        self.steps: list[tuple[tuple[str, ...], str | VoiceError | None]] = []
        self.cancelled = 0
        self.asked = asyncio.Event()

    def add(self, *call: str, answer: str | VoiceError | None) -> None:
        """None: it never ends by itself."""
        self.steps.append((call, answer))

    async def play(self, *call: str) -> str:
        assert self.steps, f"nobody expects {call}"
        expected, answer = self.steps.pop(0)
        self.asked.set()
        assert call == expected
        if isinstance(answer, VoiceError):
            raise answer
        try:
            await asyncio.sleep(0) if answer is not None else await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        assert answer is not None
        return answer


class FakeToolbox:
    """Keeps what it is told; `fail` scripts what the next async calls raise."""

    def __init__(self) -> None:
        self.tools = [
            ToolInfo("get_weather", "The weather at a place, now or in the next days. Use it when asked for weather.",
                     label="Weather", permission=Permission.ALWAYS, network=True),
            ToolInfo("open_url", "Opens a web page in the person's browser.", label="Web page", changes=True),
        ]  # fmt: skip
        self.permitted: list[tuple[str, Permission]] = []
        self.accepted: list[list[str]] = []
        self.folder = "/home/ana/.local/share/voicegui/tools"
        self.file_list: list[ToolFile] = []
        self.decided: list[tuple[str, ...]] = []
        self.server_list: list[ToolServer] = []
        self.logs: dict[str, str] = {}
        self.wrong = ""
        """What `check_servers` says of any text that is not empty."""
        self.wrong_at = (0, 0)
        self.fact_list: list[Fact] = []
        self.failures: list[VoiceError] = []
        self.watchers: list[Callable[[], None]] = []

    def all_tools(self) -> Sequence[ToolInfo]:
        return tuple(self.tools)

    def permit(self, name: str, permission: Permission) -> None:
        self.permitted.append((name, permission))
        self.tools = [replace(tool, permission=permission) if tool.name == name else tool for tool in self.tools]
        self.tell()

    def accept(self, shown: Sequence[ToolInfo]) -> None:
        self.accepted.append([tool.name for tool in shown])
        self.tools = [replace(tool, reviewed=True) if tool in shown else tool for tool in self.tools]
        self.tell()

    async def files(self) -> Sequence[ToolFile]:
        return tuple(self.file_list)

    async def allow(self, name: str, sha256: str) -> None:
        self._decide(name, True, "allow", name, sha256)

    async def disallow(self, name: str) -> None:
        self._decide(name, False, "disallow", name)

    def check_servers(self, text: str) -> ServersFault | None:
        return ServersFault(self.wrong, *self.wrong_at) if self.wrong and text else None

    def servers(self) -> Sequence[ToolServer]:
        return tuple(self.server_list)

    def server_log(self, name: str) -> str:
        return self.logs[name]

    async def facts(self) -> Sequence[Fact]:
        self._fail()
        return tuple(self.fact_list)

    async def forget(self, fact: int) -> None:
        self._fail()
        self.fact_list = [each for each in self.fact_list if each.id != fact]
        self.tell()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.watchers.append(changed)
        return lambda: self.watchers.remove(changed)

    def tell(self) -> None:
        """One of the lists is another."""
        for changed in list(self.watchers):
            changed()

    def _decide(self, name: str, allowed: bool, *decision: str) -> None:
        self.decided.append(decision)
        self._fail()
        self.file_list = [replace(f, allowed=allowed) if f.name == name else f for f in self.file_list]
        self.tell()

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


class FakeSession:
    """Strict: a command nobody asked for fails `expect`, an unscripted test of a key or a voice too."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.changes: list[Settings] = []
        self.receivers: list[Callable[[Event], None]] = []
        self.devices = FakeDevices()
        self.levels = FakeLevels()
        self.settings = Settings(llm="local:qwen2.5-0.5b")
        self.spoken = 0
        self.cancelled = 0
        self.keys = FakeKeys()
        self.toolbox = FakeToolbox()
        self.key_tests, self.heard = Script(), Script()
        self.refreshed: VoiceError | None = None
        self.service_list = [
            ServiceInfo("local", "This machine", needs_key=False, takes_key=False),
            ServiceInfo("openai", "OpenAI", needs_key=True),
            ServiceInfo("ollama", "Ollama", needs_key=False, running_here=True),
        ]
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

    def presets(self) -> Sequence[Persona]:
        return PRESETS

    def whereabouts(self) -> DataFlow:
        tools = online(self.toolbox.all_tools(), self.toolbox.servers()) if self.settings.use_tools else ()
        return DataFlow(routes(self.settings), tools)

    def services(self) -> Sequence[ServiceInfo]:
        return self.service_list

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        return MODELS[stage]

    def voices(self, service: str) -> Sequence[PickerChoice]:
        if service == "local":
            adam = PickerChoice("adam", "Adam, American man", "81 MB", False, short="Adam", kind="American man")
            return [
                PickerChoice("heart", "Heart, American woman", short="Heart", kind="American woman"),
                PickerChoice("bella", "Bella, American woman", short="Bella", kind="American woman"),
                adam,
            ]
        return [PickerChoice("marin", "Marin"), PickerChoice("cedar", "Cedar")] if service == "openai" else []

    async def refresh_services(self) -> None:
        if self.refreshed is not None:
            raise self.refreshed

    async def test_key(self, service: str) -> str:
        return await self.key_tests.play(service)

    async def hear_voice(self, service: str, voice: str) -> None:
        await self.heard.play(service, voice)

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
