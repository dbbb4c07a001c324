"""`TextToSpeech` over `/v1/audio/speech`."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

from voicegui.core.audio import Audio

from .client import OpenAIClient
from .dialect import Dialect
from .errors import BadAnswer, Dropped, translated
from .http import Response
from .limits import LONGEST_SPEECH
from .pace import Pace
from .pcm import Pcm, rate_of
from .retry import Retry
from .service import Stage

_LACKS = {
    "instructions": "does not let its manner of speaking be chosen",
    "speed": "does not let its speed be chosen",
    "response_format": "sends speech as WAV files",
}


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
        retry: Retry | None = None,
        tell: Callable[[str], None],
    ) -> None:
        self.model = model
        self.speed = speed
        self._voice = voice
        self._client = client
        self._instructions = instructions
        self._retry = retry or Retry()
        self._dialect = Dialect(
            {
                "instructions": lambda text: {},
                "speed": lambda speed: {},
                "response_format": lambda form: {"response_format": "wav"},
            },
            on_lack=lambda what: client.tell(tell, f"{client.service.label} {_LACKS[what]}."),
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
        words = "".join(letter for letter in text if letter.isprintable() or letter.isspace()).strip()
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

    # ------------------------------------------------------------ on the client's loop

    async def _answer(self, wanted: dict[str, Any]) -> AsyncGenerator[Audio, None]:
        with translated(self._client.asked(Stage.TTS, self.model)):
            async with aclosing(self._retry.stream(lambda: self._attempt(wanted))) as pieces:
                async for piece in pieces:
                    yield piece

    async def _attempt(self, wanted: dict[str, Any]) -> AsyncGenerator[Audio, None]:
        async with self._dialect.ask(self._ask, wanted) as response:
            pcm, arrived = Pcm(rate_of(response.headers, self._client.service.speech_rate_hz)), 0
            pace = Pace(response.patience_s)
            async with aclosing(pace.keep(response.chunks(LONGEST_SPEECH))) as chunks:
                async for chunk in chunks:
                    arrived += len(chunk)
                    if audio := pcm.feed(chunk):
                        yield audio
                    pace.sounded_s = pcm.seconds
            if audio := pcm.finish():
                yield audio
            if not arrived:
                raise BadAnswer("sent no sound")
            if pcm.missing and not response.framed:
                raise Dropped

    def _ask(self, **body: Any) -> AbstractAsyncContextManager[Response]:
        return self._client.ask(Stage.TTS, "/audio/speech", body=body)
