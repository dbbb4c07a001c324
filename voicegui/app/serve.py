"""The program as a server: one set of models and services, a conversation for each client, nothing of the owner's."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.app.composition import LoadedProgram, ServiceWatch, build_services, in_force, load_presets
from voicegui.app.served_stages import served_stages
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.model_choice import ModelChoice
from voicegui.core.ports import LoadingProgress, SoundPeer
from voicegui.core.settings import Settings
from voicegui.core.tools import NoTools, ToolCall, ToolInfo, ToolOutcome, Tools, unknown_tool
from voicegui.core.wording import sentence
from voicegui.server.guard import Access
from voicegui.server.limits import ServerLimits
from voicegui.server.listening import Address
from voicegui.server.parts import ConversationRequest, OpenedConversation, ServerParts
from voicegui.storage.keys import KeyStore

if TYPE_CHECKING:
    from voicegui.app.services import Services

log = logging.getLogger(__name__)

_SERVERS_S = 10.0
"""So long MCP servers may take to say which tools they have, where tools were named."""
KEY_VARIABLE = "VOICEGUI_SERVER_KEY"
KEY_NAME = "server"
"""Of the key in the keyring."""
KEY_BYTES = 24
"""192 bits."""
LEAST_KEY = 22
"""Characters: 128 bits, written as base64."""


@dataclass(frozen=True, slots=True)
class ServeRequest:
    address: Address
    key_file: Path | None = None
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    tools: Sequence[str] = ()
    """Names of those that a remote conversation may use."""
    lan: bool = False
    limits: ServerLimits = ServerLimits()


# ---------------------------------------------------------------- key


async def server_key(keys: KeyStore, file: Path | None) -> Secret:
    """From the file, else the environment, else the keyring, where one is put that was made here. Raises VoiceError."""
    if file is not None:
        return _checked(await asyncio.to_thread(_read_key, file))
    if given := os.environ.get(KEY_VARIABLE, "").strip():
        return _checked(given)
    if (kept := await keys.get(KEY_NAME)) is not None:
        return kept
    made = Secret(secrets.token_urlsafe(KEY_BYTES))
    if (await keys.set(KEY_NAME, made)).place is not KeyPlace.KEYRING:
        raise VoiceError(
            ErrorCode.NO_KEYRING,
            sentence("The server needs a key, and there is no keyring to keep one in."),
            advice=sentence(
                "Put a random one of at least {count} characters in a file that only you can read, and name it with "
                "--key-file, or in {variable}.",
                count=LEAST_KEY,
                variable=KEY_VARIABLE,
            ),
        )
    return made


def _read_key(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or sentence("it is not text")
        raise VoiceError(
            ErrorCode.BAD_SETTINGS, sentence("The key file {file} cannot be read ({why}).", file=file, why=why)
        ) from None


def _checked(key: str) -> Secret:
    if len(key) < LEAST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise VoiceError(
            ErrorCode.BAD_KEY,
            sentence("The server's key is too short, or has characters that no key has."),
            advice=sentence("Take at least {count} random letters and digits.", count=LEAST_KEY),
        )
    return Secret(key)


def access(request: ServeRequest, key: Secret) -> Access:
    return Access(key.reveal(), tuple(request.hosts), tuple(request.origins))


# ---------------------------------------------------------------- conversations


@asynccontextmanager
async def server_parts(
    program: LoadedProgram, request: ServeRequest, progress: Callable[[LoadingProgress], None]
) -> AsyncIterator[ServerParts]:
    """With models loaded. Raises VoiceError."""
    watch = ServiceWatch(trouble=lambda error: log.warning("an engine failed: %s", error.code))
    settings = remote_settings(program.settings)
    services = await build_services(replace(program, settings=settings), settings, watch, KeyStore())
    try:
        await services.start(progress)
        async with _allowed_tools(program, settings, services, request.tools) as tools:
            yield ServerParts(
                _Conversations(settings, services, tools).open,
                _decoded,
                encoded_wav,
                convert_rate=at_rate,
                personas=[each.name for each in load_presets()],
                languages=_languages(program, settings),
                stages=await served_stages(program, settings, services),
            )
    finally:
        await services.aclose()


def _languages(program: LoadedProgram, settings: Settings) -> Sequence[str]:
    """What may be spoken: one set of models is there for all."""
    entry = program.engines.get(ModelChoice.parse(settings.stt).provider)
    named = [code.strip() for code in settings.languages.split(",") if code.strip()]
    return tuple(entry.languages) if entry is not None and entry.languages else named


def remote_settings(settings: Settings) -> Settings:
    """Those of a conversation with somebody else: which models, how turns are taken, no words of the owner's."""
    return replace(
        settings, prompt="", opening_line="", keywords="", shared_folders="", keep_history=False, read_aloud=False
    )


class _Conversations:
    def __init__(self, settings: Settings, services: "Services", tools: Tools) -> None:
        self._settings, self._services, self._tools = settings, services, tools

    async def open(self, wanted: ConversationRequest, peer: SoundPeer) -> OpenedConversation:
        from voicegui.audio.network_sound import NetworkSound
        from voicegui.audio.peer_microphone import PeerFormat, load_microphone
        from voicegui.conversation.conversation import Conversation

        form = PeerFormat(wanted.input_hz, wanted.output_hz, wanted.ahead_s, wanted.cancels_echo, wanted.pauses)
        sound = NetworkSound(peer, form, await load_microphone(form))
        settings = replace(
            self._settings,
            preset=wanted.persona or self._settings.preset,
            languages=wanted.language or self._settings.languages,
            max_turns=wanted.max_turns or self._settings.max_turns,
        )
        tools, now = self._tools if wanted.tools is None else wanted.tools, in_force(settings)
        conversation = Conversation(self._services.parts(sound, tools), now)
        self._services.follow(conversation)
        await conversation.open()
        return OpenedConversation(conversation, sound, now)


async def _decoded(data: bytes) -> Audio:
    return await asyncio.to_thread(_decode, data)


def _decode(data: bytes) -> Audio:
    from voicegui.media.wav import decode_sound

    return decode_sound(data)


def at_rate(audio: Audio, rate_hz: int) -> Audio:
    import numpy as np

    from voicegui.audio.signals import Resampler

    samples = Resampler(audio.rate_hz, rate_hz).process(np.frombuffer(audio.samples, "<i2"), last=True)
    return Audio(samples.tobytes(), rate_hz)


def encoded_wav(audio: Audio) -> bytes:
    from voicegui.media.wav_bytes import int16_format, wav_header

    return wav_header(int16_format(audio.rate_hz), len(audio.samples)) + audio.samples


# ---------------------------------------------------------------- tools


class AllowedTools:
    """Of all tools those that were allowed by name."""

    def __init__(self, tools: Tools, names: Sequence[str]) -> None:
        self._tools, self._names = tools, frozenset(names)

    def offered(self) -> Sequence[ToolInfo]:
        return [tool for tool in self._tools.offered() if tool.name in self._names]

    async def call(self, call: ToolCall) -> ToolOutcome:
        return await self._tools.call(call) if call.name in self._names else unknown_tool(call.name)


@asynccontextmanager
async def _allowed_tools(
    program: LoadedProgram, settings: Settings, services: "Services", names: Sequence[str]
) -> AsyncIterator[Tools]:
    """Raises VoiceError(BAD_SETTINGS) for names that are none, or of what is the owner's."""
    if not names:
        yield NoTools()
        return
    from voicegui.app.program_control import ProgramHost
    from voicegui.app.tools import Toolkit

    def nothing(_: object) -> None:
        """Remote conversations change nothing of the program."""

    host = ProgramHost(lambda: settings, nothing, nothing, services.tts.voices, engines=program.engines)
    toolkit = Toolkit(program.profile, settings, host, change=nothing, tell=_log_event)
    try:
        await toolkit.start()
        await toolkit.listed(_SERVERS_S)
        known = {tool.name: tool for tool in toolkit.all_tools()}
        for name in names:
            if name not in known:
                listed = ", ".join(sorted(set(known) - OWNERS))
                raise VoiceError(
                    ErrorCode.BAD_SETTINGS,
                    sentence("There is no tool “{name}”. There are: {names}.", name=name, names=listed),
                )
            if name in OWNERS:
                raise VoiceError(
                    ErrorCode.BAD_SETTINGS,
                    sentence("“{name}” shows or changes what is yours: it is not for others.", name=name),
                )
        yield AllowedTools(toolkit, names)
    finally:
        await toolkit.aclose()


def _log_event(event: Event) -> None:
    log.info("%s", type(event).__name__)


OWNERS = frozenset(
    {
        "read_file", "list_files", "open_url", "read_clipboard", "copy_text", "set_volume", "set_voice",
        "end_conversation", "set_reminder", "set_timer", "change_timer", "list_reminders", "cancel_reminder",
        "remember", "recall", "forget", "search_conversations",
    }
)  # fmt: skip
"""Built-in tools that work on what belongs to the person at this machine."""
