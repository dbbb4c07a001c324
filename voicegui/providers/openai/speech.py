"""`TextToSpeech` over `/v1/audio/speech`."""

import asyncio
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

from voicegui.core.audio import Audio
from voicegui.core.text.sanitiser import HiddenAs, one_line
from voicegui.core.wording import marked, sentence, shown

from .client import OpenAIClient
from .dialect import Dialect
from .errors import BadAnswer, Dropped, translated
from .http import Response
from .pcm import OtherSound, Pcm, SpeechPace, channels_of, rate_of
from .retry import RetryPolicy
from .service import Stage
from .sse import LONGEST_SPEECH

_LACKS = {
    "instructions": marked("{service} does not let its manner of speaking be chosen."),
    "speed": marked("{service} does not let its speed be chosen."),
    "response_format": marked("{service} sends speech as WAV files."),
}

_LEAST_BYTES_PER_S = 2_000
"""Of speech that is compressed as well as can be."""


class OpenAITextToSpeech:
    """One request for each sentence; its first bytes are yielded at once. Closing it closes the request.

    `model` and `voice` "" are filled in by the engine's start. `speed`: 1.0 is the voice's own, 0.25 to 4. `tell` hears
    once of each thing that the server lacks.
    """

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        *,
        voice: str = "",
        instructions: str = "",
        speed: float = 1.0,
        retry: RetryPolicy | None = None,
        tell: Callable[[str], None],
    ) -> None:
        self.model = model
        self.speed = speed
        self._voice = voice
        self._client = client
        self._instructions = instructions
        self._retry = retry or RetryPolicy()
        self._dialect = Dialect(
            {
                "instructions": lambda text: {},
                "speed": lambda speed: {},
                "response_format": lambda form: {"response_format": "wav"},
            },
            on_lack=lambda what: client.tell(tell, shown(_LACKS[what], service=client.service.label)),
        )

    @property
    def voice(self) -> str:
        return self._voice or next(iter(self._client.service.voices), "alloy")

    def use(self, voice: str | None = None, *, instructions: str | None = None, speed: float | None = None) -> None:
        """From the next sentence on. None leaves as is."""
        self._voice = self._voice if voice is None else voice
        self._instructions = self._instructions if instructions is None else instructions
        self.speed = self.speed if speed is None else speed

    def voices(self) -> Sequence[str]:
        """The known ones of the service; a server of one's own may have others."""
        known = self._client.service.voices
        return known if self.voice in known else (self.voice, *known)

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        words = one_line(text, hidden_as=HiddenAs.NOTHING)
        if not any(letter.isalnum() for letter in words):
            return
        wanted = self._wanted(words)
        async with aclosing(self._client.stream(lambda: self._answer(wanted))) as pieces:
            async for piece in pieces:
                yield piece

    def _wanted(self, words: str) -> dict[str, Any]:
        wanted = {"model": self.model, "voice": self.voice, "input": words, "response_format": "pcm"}
        manner = self._instructions and not self.model.startswith("tts-1")
        return wanted | ({"instructions": self._instructions} if manner else {}) | self._pace()

    def _pace(self) -> dict[str, float]:
        return {"speed": self.speed} if self.speed != 1.0 else {}

    def patience_s(self, usual_s: float) -> float:
        return self._client.patience_s(Stage.TTS, self.model, usual_s)

    # ------------------------------------------------------------ on the client's loop

    async def _answer(self, wanted: dict[str, Any]) -> AsyncGenerator[Audio, None]:
        with translated(self._client.asked(Stage.TTS, self.model)):
            async with aclosing(self._retry.stream(lambda: self._attempt(wanted))) as pieces:
                async for piece in pieces:
                    yield piece

    async def _attempt(self, wanted: dict[str, Any]) -> AsyncGenerator[Audio, None]:
        """What comes in another form is decoded once all of it is there, and WAV files are asked for from then on; at
        once if this form cannot be decoded."""
        straight = self._dialect.knows("response_format")
        try:
            async with aclosing(self._once(wanted)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except OtherSound:
            if not straight:
                raise
        async with aclosing(self._once(wanted)) as pieces:
            async for piece in pieces:
                yield piece

    async def _once(self, wanted: dict[str, Any]) -> AsyncGenerator[Audio, None]:
        """Raises OtherSound for what cannot be decoded."""
        async with self._dialect.ask(self._ask, wanted) as response:
            rate_hz = rate_of(response.headers, self._client.service.speech_rate_hz)
            pcm, arrived = Pcm(rate_hz, channels_of(response.headers)), 0
            pace = SpeechPace(response.usual_s, response.patience_s)
            other: OtherSound | None = None
            async with aclosing(pace.keep(response.chunks(LONGEST_SPEECH))) as chunks:
                async for chunk in chunks:
                    arrived += len(chunk)
                    if other:
                        other.data += chunk
                    else:
                        try:
                            audio = pcm.feed(chunk)
                        except OtherSound as found:
                            other, audio = self._noted(found), None
                        if audio:
                            yield audio
                    pace.sounded_s = arrived / _LEAST_BYTES_PER_S if other else pcm.seconds
            try:
                audio = await _decoded(other) if other else pcm.finish()
            except OtherSound as found:
                audio = await _decoded(self._noted(found))
            if audio:
                yield audio
            if not arrived:
                raise BadAnswer(sentence("{service} sent no sound."))
            if pcm.missing and not response.framed:
                raise Dropped

    def _noted(self, other: OtherSound) -> OtherSound:
        """Raises it if this kind cannot be decoded."""
        self._dialect.give_up("response_format")
        if not other.decoded:
            raise other
        return other

    def _ask(self, **body: Any) -> AbstractAsyncContextManager[Response]:
        return self._client.ask(Stage.TTS, "/audio/speech", body=body)


async def _decoded(other: OtherSound) -> Audio | None:
    """Without the silence before it. Raises OtherSound."""
    from voicegui.media.decoding import NoSound, decode, int16

    def decoded() -> tuple[bytes, int]:
        mono, rate_hz = decode(io.BytesIO(other.data), _LONGEST_SENTENCE_S)
        return int16(mono), rate_hz

    try:
        samples, rate_hz = await asyncio.to_thread(decoded)
    except NoSound:
        raise other from None
    return Pcm(rate_hz).sound(samples)


_LONGEST_SENTENCE_S = 700.0
