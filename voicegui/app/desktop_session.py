"""The window's program: gets the models, opens the sound, keeps one conversation going, and tells the window."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voicegui.app.choices import ServiceChoices, WatchedKeys, routes
from voicegui.app.composition import LoadedProgram, ServiceWatch, build_services, in_force, load_presets
from voicegui.app.last_conversation import LastConversation
from voicegui.app.loading import Loading
from voicegui.app.program_control import Clipboard, ProgramHost
from voicegui.app.tools import Toolkit
from voicegui.app.voice_preview import VoicePreview, speaker
from voicegui.conversation.conversation import Conversation
from voicegui.core.commands import Command, ContinueConversation, NewConversation, Retry, SetHandsFree
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Noticed, Ready, StartedAfresh
from voicegui.core.keys import Keys
from voicegui.core.model_choice import Addresses, ModelChoice, addressed
from voicegui.core.persona import Persona
from voicegui.core.ports import Devices, LevelSource, LoadingProgress
from voicegui.core.privacy import DataFlow, online
from voicegui.core.session import PickerChoice, ServiceInfo, StageSetting
from voicegui.core.settings import Settings
from voicegui.core.toolbox import Toolbox
from voicegui.storage.keys import KeyStore
from voicegui.storage.profile import ProfileInUse
from voicegui.storage.settings_file import StoredSettings

if TYPE_CHECKING:
    from voicegui.app.services import Services
    from voicegui.audio.live_sound import LiveSound


_BUILT_FROM = (
    "stt", "llm", "tts", "stt_url", "llm_url", "tts_url", "unencrypted_servers", "fall_back", "live_transcription",
    "languages", "keywords",
)  # fmt: skip
"""Settings that need other models or connections; the rest is applied to those that are there."""


class DesktopSession:
    """Implements `core.session.Session`. There at once; a conversation follows when the models are ready."""

    def __init__(self, program: LoadedProgram, sound: "LiveSound", clipboard: Clipboard | None = None) -> None:
        self._program = program
        self._settings = program.settings
        self._sound = sound
        self._services: Services | None = None
        self._built_from = program.settings
        """What the services were built from."""
        self._addresses = Addresses(self._is_offline)
        self._conversation: Conversation | None = None
        self._subscribers: list[Callable[[Event], None]] = []
        self._waiting: list[Command] = []
        self._loading = Loading(self._load, self._tell)
        self._keys = WatchedKeys(KeyStore(), self._key_changed)
        self._directory = ServiceChoices(program, self._keys)
        self._samples = VoicePreview(sound)
        self._sound.set_volume(program.settings.volume)
        host = ProgramHost(
            lambda: self._settings, self._change_for_tool, self.send, self._voices, clipboard, program.engines
        )
        self._toolkit = Toolkit(program.profile, program.settings, host, change=self.change, tell=self._tell)
        kept = program.kept or program.settings
        self._stored = StoredSettings(program.profile, program.settings, kept, self._tell)
        self._in_use = ProfileInUse(program.profile)
        self._last = LastConversation(self._toolkit, self._tell)
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ life

    async def run(self) -> None:
        """Loads what the settings ask for, again whenever they ask for something else; until cancelled."""
        for problem in self._program.problems:
            self._tell(Noticed(problem.shown()))
        await self._loading.run()

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._samples.stop()
        if self._conversation is not None:
            await self._conversation.aclose()
        await self._toolkit.aclose()
        if self._services is not None:
            await self._services.aclose()
        self._in_use.release()

    async def _load(self) -> None:
        settings = self._settings
        try:
            await self._load_for(settings)
        except VoiceError as error:
            self._leave_servers(settings, error)
            raise

    def _leave_servers(self, settings: Settings, error: VoiceError | None = None) -> None:
        """Until what `settings` choose is loaded: nothing that is said may go to a server that is not chosen any more.
        Models of this machine go on."""
        if self._services is None or self._conversation is None:
            return
        asked, wanted = addressed(self._built_from), addressed(settings)
        if any(asked[stage] != wanted[stage] and not self._is_offline(asked[stage].provider) for stage in asked):
            from voicegui.app.services import not_loaded

            parts = self._services.parts(self._sound, self._toolkit)
            self._conversation.change(in_force(self._settings), not_loaded(parts, error))

    def _is_offline(self, provider: str) -> bool:
        entry = self._program.engines.get(provider)
        return entry is not None and entry.works_offline

    async def _load_for(self, settings: Settings) -> None:
        await self._in_use.take()  # before anything listens, or could tell what is due
        self._run(self._last.find(), "find the last conversation")
        await self._directory.look_here()
        watch = ServiceWatch(self._loading.failed, self._loading.solved, self._tell)
        services = await build_services(self._program, settings, watch, self._keys, download=self._show_loading)
        starting = asyncio.create_task(services.start(self._show_loading), name="start services")
        try:
            await self._open_sound(services, settings)
            await self._toolkit.start()  # while the models load: later it would be felt in a talk
            await starting
        except BaseException:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await services.aclose()
            raise
        before, self._services, self._built_from = self._services, services, settings
        await self._directory.look_here()
        self._begin(services)
        if before is not None:
            await before.aclose()

    async def _open_sound(self, services: "Services", settings: Settings) -> None:
        if self._looking is not None:
            await asyncio.wait([self._looking])
        if self._conversation is None:
            conversation = Conversation(services.parts(self._sound, self._toolkit), in_force(settings))
            conversation.subscribe(self._tell)
            await conversation.open()
            self._conversation = conversation
            self._last.continue_in(conversation)

    def _begin(self, services: "Services") -> None:
        assert self._conversation is not None
        services.apply(in_force(self._settings))
        services.follow(self._conversation)
        self._conversation.change(in_force(self._settings), services.parts(self._sound, self._toolkit))
        self._loading.solved()
        gc.freeze()  # what the start has made stays: looking through it again stops the window for up to 75 ms
        gc.enable()  # see `desktop`
        self._tell(Ready())
        self._toolkit.follow(self._conversation)  # what is due is spoken: not before there is a voice
        self._conversation.send(SetHandsFree(self._settings.hands_free))
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self._conversation.send(command)

    # ------------------------------------------------------------ Session

    def send(self, command: Command) -> None:
        if isinstance(command, Retry) and self._loading.troubled:
            self._try_again()
        if isinstance(command, ContinueConversation):
            self._last.continue_in(self._conversation, wanted=True)
            return
        if isinstance(command, NewConversation):
            self._last.forget()
            if self._conversation is not None:
                self._conversation.send(command)
            else:
                self._tell(StartedAfresh(0, asked=True))
            return
        if self._services is not None and self._conversation is not None:
            if isinstance(command, SetHandsFree):
                self._settings = replace(self._settings, hands_free=command.on)
            self._conversation.send(command)
        elif not isinstance(command, Retry):
            self._waiting.append(command)

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        self._subscribers.append(receive)
        return lambda: self._subscribers.remove(receive)

    def spoken_until(self) -> int:
        return self._conversation.spoken_until() if self._conversation else 0

    @property
    def levels(self) -> LevelSource:
        return self._sound

    @property
    def devices(self) -> Devices:
        return self._sound

    @property
    def settings(self) -> Settings:
        return self._settings

    def change(self, settings: Settings) -> None:
        settings = self._addresses.kept_apart(self._settings, settings)
        before, self._settings = self._settings, settings
        if (settings.microphone, settings.speaker) != (before.microphone, before.speaker):
            self._sound.use(microphone=settings.microphone, speaker=settings.speaker)
        if any(getattr(settings, name) != getattr(before, name) for name in _BUILT_FROM):
            self._loading.cancel()
            self._loading.want()
            self._leave_servers(settings)
        self._sound.set_volume(settings.volume)
        self._toolkit.apply(settings)
        if self._services is not None:
            self._services.apply(in_force(settings))
        if self._conversation is not None:
            self._conversation.change(in_force(settings))
            if settings.hands_free != before.hands_free:
                self._conversation.send(SetHandsFree(settings.hands_free))
        self._run(self._stored.write(lambda: self._settings), "store settings")

    def presets(self) -> Sequence[Persona]:
        return load_presets()

    @property
    def toolbox(self) -> Toolbox:
        return self._toolkit

    @property
    def keys(self) -> Keys:
        return self._keys

    def whereabouts(self) -> DataFlow:
        tools = online(self._toolkit.all_tools(), self._toolkit.servers()) if self._settings.use_tools else ()
        return DataFlow(routes(self._settings, self._program.engines), tools)

    def services(self) -> Sequence[ServiceInfo]:
        return self._directory.services()

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        return self._directory.stage_models(stage)

    def voices(self, service: str) -> Sequence[PickerChoice]:
        speaks = self._services is not None and ModelChoice.parse(self._settings.tts).provider == service
        offered = self._services.tts.voices() if speaks and self._services else ()
        return self._directory.voices(service, self._settings, offered)

    def _change_for_tool(self, settings: Settings) -> None:
        self.change(settings)
        self._toolkit.changed()

    def _voices(self) -> Sequence[str]:
        return [choice.name for choice in self.voices(ModelChoice.parse(self._settings.tts).provider)]

    async def refresh_services(self) -> None:
        await self._directory.refresh(self._settings)

    async def test_key(self, service: str) -> str:
        return await self._directory.test_key(self._settings, service)

    async def hear_voice(self, service: str, voice: str) -> None:
        who = speaker(self._program, self._settings, self._keys, self._services, service, voice)
        await self._samples.hear(who, self._conversation)

    def cancel_loading(self) -> None:
        self._loading.cancel()

    # ------------------------------------------------------------ helpers

    def _try_again(self) -> None:
        """Loads what could not be loaded; an engine that was given up is started again."""
        if self._services is None or self._loading.not_loaded:
            self._loading.want()
        else:
            self._services.revive()

    def _tell(self, event: Event) -> None:
        self._last.follow(event)
        for receive in tuple(self._subscribers):
            receive(event)

    def _show_loading(self, loading: LoadingProgress) -> None:
        if loading.total and not self._sound.looked and self._looking is None:  # a download: no sound for minutes
            self._looking = self._run(self._sound.look(), "look for devices")
        self._loading.progressed(loading)

    def _key_changed(self, service: str) -> None:
        if self._services is None or self._loading.troubled:
            self._loading.want()  # perhaps it was the key that was missing
        else:
            self._run(self._services.use_new_key(service), "use a new key")

    def _run(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
