"""Speech to text while the user talks: a Realtime transcription session, so that the words are there when they stop."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import VoiceError

from ..client import OpenAIClient
from ..errors import timed_out
from ..retry import RetryPolicy
from ..service import Stage
from .connection import GREETING, RealtimeConnection
from .input_buffer import SENDING_RATE_HZ, BufferedUtterance, InputBuffer
from .socket import RealtimeAddress, again

if TYPE_CHECKING:
    from openai.types.realtime.audio_transcription_param import AudioTranscriptionParam
    from openai.types.realtime.session_update_event_param import SessionUpdateEventParam

LIVE_MODEL = "gpt-live-transcribe"

LEAST_PEAK = 300
"""Of full scale 32,768 (-41 dBFS): quieter sound is silence and is not sent before something louder comes."""


class LiveSpeechToText:
    """Owner of one connection; lives on the event loop's thread. `aclose` it after its hearings."""

    def __init__(
        self,
        client: OpenAIClient,
        model: str = LIVE_MODEL,
        *,
        languages: Sequence[str] = (),
        keywords: Sequence[str] = (),
        retry: RetryPolicy | None = None,
        patience_s: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`languages`: ISO-639-1 codes that may be spoken; none means any. `keywords`: words it should know.

        `patience_s`: longest silence of the service once words are wanted.
        """
        self.model = model
        self._retry = retry or RetryPolicy()
        self._patience_s = patience_s
        self._line = RealtimeConnection(
            RealtimeAddress(client, Stage.STT, model), _greeting(model, languages, keywords), InputBuffer, clock=clock
        )

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "LiveHearing":
        return LiveHearing(self._line, self._retry, self._patience_s, on_partial)

    def reconnect(self) -> None:
        """What begins from now on begins on a new connection: there is another key."""
        self._line.retire()

    async def warm(self) -> None:
        """Opens the connection before it is needed. Raises VoiceError."""
        await self._line.work()

    async def aclose(self) -> None:
        await self._line.aclose()


class LiveHearing:
    """One utterance. Its audio stays here until it is closed, so that a lost connection costs time but no words."""

    def __init__(
        self,
        line: RealtimeConnection[InputBuffer],
        retry: RetryPolicy,
        patience_s: float,
        on_partial: Callable[[str], None],
    ) -> None:
        self._line = line
        self._retry = retry
        self._patience_s = patience_s
        self._on_partial = on_partial
        self._audio = bytearray()
        self._audible = False
        """Something can be heard in the audio that is in no committed take."""
        self._committed: list[BufferedUtterance] = []
        self._growing: BufferedUtterance | None = None
        self._opening: asyncio.Task[None] | None = None
        self._openings = 0
        self._asking = 0
        self._closed = False

    def feed(self, audio: Audio) -> None:
        if audio.rate_hz != LISTENING_RATE_HZ:
            raise ValueError(f"a hearing takes {LISTENING_RATE_HZ} Hz, not {audio.rate_hz}")
        if self._closed:
            return
        self._audio += audio.samples
        self._audible = self._audible or audio.peak > LEAST_PEAK
        if self._audible:
            self._stream()

    async def text(self) -> str:
        self._asking += 1
        try:
            return await self._until_answered()
        finally:
            self._asking -= 1

    async def aclose(self) -> None:
        self._closed = True
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._growing:
            self._growing.drop()
        self._audio.clear()

    # ------------------------------------------------------------ while the user talks

    def _stream(self) -> None:
        """Sends what is new, if the connection is open and nobody else's sound is in the buffer."""
        takes = self._line.ready
        if self._growing and self._growing.alive:
            self._send(self._growing)
        elif takes is None:
            self._open_soon()
        elif takes.free:
            self._growing = takes.begin(self._settled, self._tell)
            self._send(self._growing)

    def _open_soon(self) -> None:
        if self._openings < self._retry.tries and (self._opening is None or self._opening.done()):
            self._openings += 1
            self._opening = asyncio.create_task(self._open(), name="live hearing: open")

    async def _open(self) -> None:
        try:
            await self._line.work()
        except VoiceError:
            self._openings = self._retry.tries  # whoever asks for the text tries again, and gets the error
            return
        if self._audible:
            self._stream()

    def _send(self, take: BufferedUtterance) -> None:
        take.append(bytes(self._audio[take.end :]))

    @property
    def _settled(self) -> int:
        """Bytes that are in committed takes."""
        return self._committed[-1].end if self._committed else 0

    def _tell(self) -> None:
        takes = (*self._committed, *([self._growing] if self._growing else []))
        words = _join(take.words for take in takes)
        if words and not self._asking and not self._closed:
            self._on_partial(words)

    # ------------------------------------------------------------ when the words are wanted

    async def _until_answered(self) -> str:
        tried = 1
        while True:
            try:
                return await self._words()
            except VoiceError as error:
                if not await again(self._retry, tried, error):
                    raise
            tried += 1

    async def _words(self) -> str:
        try:
            if self._audible:
                await self._commit()
            return _join([await self._answer(take) for take in tuple(self._committed)])
        except VoiceError:
            self._rewind()
            raise

    async def _commit(self) -> None:
        takes = await self._line.work()
        if self._growing is None or not self._growing.alive:
            self._growing = takes.begin(self._settled, self._tell)
        take, self._growing, self._audible = self._growing, None, False
        self._send(take)
        take.commit()
        self._committed.append(take)

    async def _answer(self, take: BufferedUtterance) -> str:
        """Its words. Raises VoiceError(TIMED_OUT) when none came for a while."""
        while True:
            before = take.partial
            try:
                async with asyncio.timeout(self._patience_s):
                    return await asyncio.shield(take.text)
            except TimeoutError:
                if take.partial == before:
                    self._line.retire()
                    take.fail(timed_out(self._line.asked))

    def _rewind(self) -> None:
        """What was lost, and what came after it, is to be sent again."""
        for index, take in enumerate(self._committed):
            if take.failed:
                del self._committed[index:]
                self._audible = True
                if self._growing:
                    self._growing.drop()
                self._growing = None
                return


def _greeting(model: str, languages: Sequence[str], keywords: Sequence[str]) -> "SessionUpdateEventParam":
    transcription: AudioTranscriptionParam = {"model": model}
    if len(languages) == 1:
        transcription["language"] = languages[0]
    elif languages:
        transcription["languages"] = list(languages)
    if keywords:
        transcription["keywords"] = list(keywords)
    return {
        "type": "session.update",
        "event_id": GREETING,
        "session": {
            "type": "transcription",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": SENDING_RATE_HZ},
                    "transcription": transcription,
                    "turn_detection": None,
                }
            },
        },
    }


def _join(texts: Iterable[str]) -> str:
    return " ".join(text.strip() for text in texts if text.strip())
