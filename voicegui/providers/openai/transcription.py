"""`SpeechToText` over `/v1/audio/transcriptions`."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.wording import marked, sentence, shown
from voicegui.media.wav_bytes import int16_format, wav_header

from .chat.stream import AnswerEvents, ends_a_sentence, is_streamed, peek, whole
from .client import OpenAIClient
from .dialect import Dialect
from .errors import BadAnswer, Dropped, translated
from .http import Response
from .retry import RetryPolicy
from .service import Stage
from .sse import LONGEST_WORDS, TOO_LONG

log = logging.getLogger(__name__)

_AUDIBLE = 100
"""-50 dBFS: quieter sound is noise, for which no request is made."""

_NO_TEXT = sentence("{service} sent a transcript without text.")

_LACKS = {
    "stream": marked("{service} sends the words of a sentence only when all are there."),
    "languages": marked("{service} understands only one language at a time."),
    "language": marked("{service} chooses the language by itself."),
    "keywords": marked("{service} takes no list of words to expect."),
    "prompt": marked("{service} takes no words to expect."),
}


class OpenAISpeechToText:
    """The sound stays in memory: no file is written. `model` "" is filled in by the engine's start.

    `languages`: ISO 639-1 codes, `keywords`: names and terms. `tell` hears once of each thing that the server lacks.
    """

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        *,
        languages: Sequence[str] = (),
        keywords: Sequence[str] = (),
        retry: RetryPolicy | None = None,
        tell: Callable[[str], None],
    ) -> None:
        self.model = model
        self._client = client
        self._languages = list(languages)
        self._keywords = list(keywords)
        self._retry = retry or RetryPolicy()
        self._tell = tell
        self._told: set[str] = set()
        self._dialect = Dialect(
            {
                "stream": lambda on: {},
                "languages": _one_language,
                "language": lambda language: {},
                "keywords": lambda words: {"prompt": ", ".join(words)},
                "prompt": lambda prompt: {},
            },
            on_lack=self._lacks,
        )

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "OpenAIHearing":
        """`on_partial` is never called: words come only while `text()` runs, when nobody may be told of them."""
        return OpenAIHearing(self)

    async def transcribe(self, samples: bytes) -> str:
        """int16 at 16 kHz; "" if there are no words. Raises VoiceError."""
        wav = wav_header(int16_format(LISTENING_RATE_HZ), len(samples)) + samples
        wanted = {"model": self.model, "file": ("speech.wav", wav, "audio/wav"), **self._guidance()}
        return await self._client.call(lambda: self._answer(wanted))

    def _guidance(self) -> dict[str, Any]:
        """Only `gpt-transcribe` takes lists."""
        wanted: dict[str, Any] = {"stream": True}
        lists = self.model.startswith("gpt-transcribe")
        if self._languages:
            wanted |= {"languages": self._languages} if lists else _one_language(self._languages)
        if self._keywords:
            wanted |= {"keywords": self._keywords} if lists else {"prompt": ", ".join(self._keywords)}
        return wanted

    def patience_s(self, usual_s: float) -> float:
        return self._client.patience_s(Stage.STT, self.model, usual_s)

    # ------------------------------------------------------------ on the client's loop

    async def _answer(self, wanted: dict[str, Any]) -> str:
        with translated(self._client.asked(Stage.STT, self.model)):
            return await self._retry.call(lambda: self._attempt(wanted))

    async def _attempt(self, wanted: dict[str, Any]) -> str:
        async with self._dialect.ask(self._ask, wanted) as response:
            if is_streamed(response):
                return await _collected(AnswerEvents(response))
            self._lacks("stream")
            answer = await whole(response)
        text = answer if isinstance(answer, str) else peek(answer, "text")
        if not isinstance(text, str):
            raise BadAnswer(_NO_TEXT)
        if len(text) > LONGEST_WORDS:
            raise BadAnswer(TOO_LONG)
        return text.strip()

    def _ask(self, **form: Any) -> AbstractAsyncContextManager[Response]:
        return self._client.ask(Stage.STT, "/audio/transcriptions", form=form)

    def _lacks(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._client.tell(self._tell, shown(_LACKS[what], service=self._client.service.label))


def _one_language(languages: Sequence[str]) -> dict[str, str]:
    """The only one, or none: a server that takes one would hear every word in it."""
    return {"language": languages[0]} if len(languages) == 1 else {}


async def _collected(stream: AnswerEvents) -> str:
    """The words of OpenAI's events, of vLLM's (`choices`), and of segments (`text`). Raises Dropped if some are
    missing: see `AnswerEvents`."""
    words, ended = _Words(), False
    async with aclosing(stream.each()) as events:
        async for event in events:
            text = peek(event, "text")
            if peek(event, "type") == "transcript.text.done" and isinstance(text, str):
                await stream.rest()
                return text.strip()
            words.add(event, text)
            ended = ended or bool(peek(event, "choices", 0, "finish_reason"))
    if not (ended or stream.done):
        complete = not words.in_pieces and (not words.text or ends_a_sentence(words.text))
        if not stream.framed or not complete:
            raise Dropped
    if not words.understood:
        raise BadAnswer(_NO_TEXT)
    return words.text.strip()


class _Words:
    """What was heard, as far as it has come."""

    def __init__(self) -> None:
        self.text = ""
        self.understood = False
        """Something came that tells of words, or that there are none."""
        self.in_pieces = False
        """In OpenAI's own events, which always say when they are through."""

    def add(self, event: object, text: object) -> None:
        delta, choice = peek(event, "delta"), peek(event, "choices", 0)
        piece = delta if isinstance(delta, str) else peek(choice, "delta", "content")
        if isinstance(piece, str):
            self.text += piece
        elif isinstance(text, str) and peek(event, "type") != "transcript.text.segment":
            self.text = f"{self.text} {text.strip()}"
        self.in_pieces = self.in_pieces or isinstance(delta, str)
        self.understood = self.understood or isinstance(piece, str) or isinstance(text, str) or choice is not None
        if len(self.text) > LONGEST_WORDS:
            raise BadAnswer(TOO_LONG)


class OpenAIHearing:
    """One utterance. What was answered is asked again only after more could be heard."""

    def __init__(self, stt: OpenAISpeechToText) -> None:
        self._stt = stt
        self._audio = bytearray()
        self._audible_until = 0
        """Bytes up to the end of the last piece in which something could be heard."""
        self._answered = 0
        self._text = ""

    def feed(self, audio: Audio) -> None:
        if audio.rate_hz != LISTENING_RATE_HZ:
            raise ValueError(f"a hearing takes {LISTENING_RATE_HZ} Hz, not {audio.rate_hz}")
        self._audio += audio.samples
        if audio.peak >= _AUDIBLE:
            self._audible_until = len(self._audio)

    async def text(self) -> str:
        if self._audible_until > self._answered:
            samples = bytes(self._audio)
            self._text = await self._stt.transcribe(samples)
            self._answered = len(samples)
        return self._text

    async def aclose(self) -> None:
        self._audio.clear()
        self._audible_until = 0
