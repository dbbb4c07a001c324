"""`voicegui say`: speaks a text as a reply would be spoken, or shows what the voice would get."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from voicegui.app.composition import LoadedProgram
from voicegui.app.voice_preview import speaker
from voicegui.conversation.stage_calls import flowing
from voicegui.core.audio import PLAYBACK_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.model_choice import ModelChoice
from voicegui.core.ports import PlaybackDone, SoundEvent, SoundTrouble, TextToSpeech
from voicegui.core.text.sanitiser import one_line
from voicegui.core.text.sentences import spoken_sentences
from voicegui.core.wording import sentence
from voicegui.storage.keys import KeyStore

LONGEST = 1_000_000
"""Bytes of text that are taken from standard input."""


@dataclass(frozen=True, slots=True)
class SayRequest:
    text: str | None = None
    """None: standard input."""
    save: Path | None = None
    """Gets the sound, which is not played then."""
    show: bool = False
    """The pieces are printed; without `save` nothing else happens."""


async def say(program: LoadedProgram, speech: SayRequest) -> int:
    """Exit code 0. Raises VoiceError."""
    text = await asyncio.to_thread(_read) if speech.text is None else speech.text
    pieces = spoken_sentences(text)
    if not pieces:
        nothing = sentence("There is nothing to say: the text has no words that can be read aloud.")
        raise VoiceError(ErrorCode.BAD_SETTINGS, nothing)
    if speech.show:
        for piece in pieces:
            print(one_line(piece))
    if speech.save is not None:
        await _save(program, pieces, speech.save)
    elif not speech.show:
        await _play(program, pieces)
    return 0


def _read() -> str:
    """Raises VoiceError(BAD_SETTINGS)."""
    if sys.stdin is None:
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence("There is no text: give it as an argument."))
    data = sys.stdin.buffer.read(LONGEST + 1)
    if len(data) > LONGEST:
        too_long = sentence("The text is too long: at most {most} MB are read. Say it in parts.", most=LONGEST // 10**6)
        raise VoiceError(ErrorCode.BAD_SETTINGS, too_long)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        other = sentence("What came in is no text in UTF-8. Convert it first, for instance with iconv.")
        raise VoiceError(ErrorCode.BAD_SETTINGS, other) from None


# ---------------------------------------------------------------- sound


async def _save(program: LoadedProgram, pieces: Sequence[str], path: Path) -> None:
    """As fast as the voice speaks. Raises VoiceError."""
    from voicegui.audio.playback import Playback
    from voicegui.media.wav import write_wav

    heard: list[bytes] = []
    playback = Playback(clock=lambda: 0.0)
    await _speak(program, pieces, playback.play)
    playback.finish()
    while not playback.rests():
        heard.append(playback.render(at=-1.0))  # everything was heard at once
    await asyncio.to_thread(write_wav, path, Audio(b"".join(heard), PLAYBACK_RATE_HZ))


async def _play(program: LoadedProgram, pieces: Sequence[str]) -> None:
    """Until it was heard. Raises VoiceError."""
    async with _loudspeaker(program) as (play, heard):
        await _speak(program, pieces, play)
        await heard()


@asynccontextmanager
async def _loudspeaker(
    program: LoadedProgram,
) -> "AsyncIterator[tuple[Callable[[Audio], None], Callable[[], asyncio.Future[None]]]]":
    """What plays, and what waits until all of it was heard; the microphone stays closed."""
    from voicegui.audio.live_sound import LiveSound

    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def receive(event: SoundEvent) -> None:
        if done.done():
            return
        if isinstance(event, SoundTrouble) and event.device == "speaker":
            done.set_exception(_unheard(event.error))
        elif isinstance(event, PlaybackDone):
            done.set_result(None)

    def heard() -> asyncio.Future[None]:
        sound.finish()
        return done

    sound = LiveSound(microphone=program.settings.microphone, speaker=program.settings.speaker)
    sound.set_volume(program.settings.volume)
    await sound.open(receive)
    try:
        yield sound.play, heard
    finally:
        await sound.aclose()
        done.cancel()


def _unheard(error: VoiceError) -> VoiceError:
    """What the window says of a missing speaker is about replies."""
    if error.code is not ErrorCode.NO_SPEAKER:
        return error
    none = sentence("There is no speaker. Plug one in, or write the sound into a file with --save.")
    return VoiceError(error.code, none)


async def _speak(program: LoadedProgram, pieces: Sequence[str], play: Callable[[Audio], None]) -> None:
    settings = program.settings
    service = ModelChoice.parse(settings.tts).provider
    async with speaker(program, settings, KeyStore(), None, service, voice="") as tts:
        for piece in pieces:
            await _speak_piece(tts, piece, settings.tts_timeout_s, play)


async def _speak_piece(tts: TextToSpeech, piece: str, patience_s: float, play: Callable[[Audio], None]) -> None:
    async for audio in flowing(Stage.TTS, tts.speak(piece), patience_s, tts):
        play(audio)
