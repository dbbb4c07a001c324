"""A voice heard before it is chosen."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from voicegui.app.composition import LoadedProgram
from voicegui.conversation.conversation import Conversation
from voicegui.core.audio import PLAYBACK_RATE_HZ
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, Stage, StateChanged
from voicegui.core.keys import Keys
from voicegui.core.model_choice import ModelChoice
from voicegui.core.ports import LoadingProgress, Sound, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.wording import Sentence, marked, sentence, spoken
from voicegui.providers.engine_entry import EngineRequest, LendsVoices

if TYPE_CHECKING:
    from voicegui.app.services import Services

SENTENCE = marked("Hello! This is how I sound when I answer you.")

_ROUNDING = PLAYBACK_RATE_HZ // 100
"""Samples by which a resampler may come out short."""


class VoicePreview:
    """At most one is played, and whoever begins to talk ends it. Lives on the event loop's thread."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._playing: asyncio.Task[None] | None = None

    async def hear(self, speaker: AbstractAsyncContextManager[TextToSpeech], conversation: Conversation | None) -> None:
        """Until it has been heard, somebody begins to talk or another one is asked for; cancelling stops it.

        Raises VoiceError.
        """
        if conversation is None:
            raise _busy(sentence("The sound is not open yet. Try again in a moment."))
        _make_sure_of_rest(conversation)
        await self.stop()
        task = self._playing = asyncio.create_task(self._play(speaker, conversation), name="sample")
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            task.result()

    async def stop(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    async def _play(self, speaker: AbstractAsyncContextManager[TextToSpeech], conversation: Conversation) -> None:
        async with speaker as voice:
            _make_sure_of_rest(conversation)  # it took a while to get the voice
            with _undisturbed(self._sound, conversation):
                samples = 0
                async with aclosing(voice.speak(spoken(SENTENCE))) as pieces:
                    async for audio in pieces:
                        self._sound.play(audio)
                        samples += audio.playback_samples
                self._sound.finish()
                # The end is told to the conversation alone; but how far it has come is known
                while (left := samples - self._sound.heard()) > _ROUNDING:  # noqa: ASYNC110
                    await asyncio.sleep(left / PLAYBACK_RATE_HZ)


@contextmanager
def _undisturbed(sound: Sound, conversation: Conversation) -> Iterator[None]:
    """The microphone hears silence, so that nothing of a sample can be taken for speech; the frames go on.

    As soon as the conversation is not at rest the task is cancelled, and the sound ends at once: what follows belongs
    to the conversation.
    """
    task = asyncio.current_task()
    assert task is not None
    over = False

    def end() -> None:
        nonlocal over
        if not over:
            over = True
            unsubscribe()
            sound.flush()
            sound.mute(conversation.state.muted)

    def receive(event: Event) -> None:
        if isinstance(event, StateChanged):
            if conversation.state.at_rest:
                sound.mute(True)  # the user switched it
            else:
                end()
                task.cancel()

    unsubscribe = conversation.subscribe(receive)
    sound.mute(True)
    try:
        yield
    finally:
        end()


def _make_sure_of_rest(conversation: Conversation) -> None:
    if not conversation.state.at_rest:
        raise _busy(sentence("A voice can be heard while nobody speaks. Try again when it is quiet."))


def _busy(what: Sentence) -> VoiceError:
    return VoiceError(ErrorCode.DEVICE_BUSY, what, retryable=True)


# ---------------------------------------------------------------- whose voice


@asynccontextmanager
async def speaker(
    program: LoadedProgram, settings: Settings, keys: Keys, services: "Services | None", service: str, voice: str
) -> AsyncIterator[TextToSpeech]:
    """Exactly this voice of this service, whoever speaks in the conversation; "" is the chosen one. Raises VoiceError.

    `services`: what runs now, if anything does. What is not running is started for the moment and closed again.
    """
    running = services.engines.get(service) if services is not None else None
    if running is not None and isinstance(running, LendsVoices) and running.speaks:
        yield running.speaker(voice or settings.voice, settings.speed)
        return
    entry, chosen = program.engines.get(service), ModelChoice.parse(settings.tts)
    if entry is None:
        raise VoiceError(
            ErrorCode.BAD_SETTINGS,
            sentence("There is no service “{service}” here. Choose another one.", service=service),
        )
    model = chosen.model if chosen.provider == service else ""
    # The conversation's own engine tells what the user should know
    provided = await entry.build(EngineRequest(settings, keys, program.catalogue, {Stage.TTS: model}, voice=voice))
    try:
        if provided.tts is None:
            silent = sentence("“{service}” does not speak. Choose another one for speaking.", service=service)
            raise VoiceError(ErrorCode.BAD_SETTINGS, silent)
        await provided.engine.start(_untold)
        yield provided.tts
    finally:
        await provided.engine.aclose()


def _untold(loading: LoadingProgress) -> None:
    """Nobody waits for more than the sample."""
