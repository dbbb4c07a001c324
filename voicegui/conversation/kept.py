"""The sound of the last turn that was not answered. In memory only, until it is answered or saved on demand."""

from collections.abc import Awaitable, Callable

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import AudioNotSaved, AudioSaved, Event

from .failures import as_voice_error
from .utterance import Utterance

WriteAudio = Callable[[str, Audio], Awaitable[None]]
"""Writes sound as a WAV file at a path. Raises VoiceError."""


async def no_writer(path: str, audio: Audio) -> None:
    """Where nothing can be written, it is said so."""
    raise VoiceError(ErrorCode.BAD_AUDIO_FILE, "Sound cannot be saved from here. Use the window.")


class KeptSound:
    def __init__(self) -> None:
        self._samples = b""

    def keep(self, utterance: Utterance | None) -> None:
        """Without an utterance what is kept is that of a turn tried again: it stays."""
        if utterance is not None:
            self._samples = bytes(utterance.audio)

    def forget(self) -> None:
        self._samples = b""

    def put_into(self, utterance: Utterance) -> None:
        utterance.feed(self._samples)

    async def save(self, path: str, write: WriteAudio, tell: Callable[[Event], None]) -> None:
        if not self._samples:
            nothing = "There is no sound to save: everything you said was answered, or it is not kept."
            tell(AudioNotSaved(ErrorCode.NO_SPEECH, nothing))
            return
        try:
            await write(path, Audio(self._samples, LISTENING_RATE_HZ))
        except Exception as error:
            failure = as_voice_error(error)
            tell(AudioNotSaved(failure.code, failure.message))
        else:
            tell(AudioSaved(path))
