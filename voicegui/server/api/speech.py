"""POST /v1/audio/speech: a text is spoken into a file of sound, which is sent while it is spoken."""

import base64
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from voicegui.conversation.stage_calls import flowing
from voicegui.core.audio import Audio
from voicegui.core.events import Stage
from voicegui.core.history import estimated_tokens
from voicegui.core.ports import TextToSpeech
from voicegui.core.text.sentences import spoken_sentences

from ..limits import ServerLimits
from ..parts import ServedStages
from .answers import EVENTS, events, stream_begun
from .errors import ApiError, bad_value, missing, unsupported
from .models import ModelNames
from .request_bodies import read_json
from .stage_places import Place, StagePlaces

FORMATS: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
"""With their media types. `opus` is in Ogg; `pcm`: int16 little-endian, one channel, 24 kHz, without a header."""

OPENAI_VOICES = frozenset(
    {
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"
    }
)  # fmt: skip
"""Names that every program made for OpenAI sends, many without asking. A refusal would shut these out, and no voice
here is one of them: each means this server's own voice, unless one of that name is here."""

KNOWN = frozenset({"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"})
"""Fields of OpenAI's API. `instructions` are taken and change nothing, as with OpenAI's own tts-1."""

SOUND_TOKENS_A_SECOND = 20
"""As OpenAI counts speech that it makes: 1200 a minute."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    sentences: Sequence[str]
    format: str
    voice: str
    """"" for the server's own."""
    speed: float
    as_events: bool
    tokens: int
    """Of the text, estimated."""


class Speeches:
    def __init__(self, stages: ServedStages, limits: ServerLimits, places: StagePlaces, names: ModelNames) -> None:
        self._stages, self._limits, self._places, self._names = stages, limits, places, names

    async def answer(self, request: Request) -> Response:
        """Raises ApiError, VoiceError."""
        body = await read_json(request, self._limits)
        wanted = read_speech(body, self._names, self._stages, self._limits)
        voice = self._stages.voice(wanted.voice, wanted.speed)
        if wanted.as_events:
            return await stream_begun(request, events(self._told(wanted, voice)), EVENTS, self._limits.send_s)
        return await stream_begun(request, self._file(wanted, voice), FORMATS[wanted.format], self._limits.send_s)

    async def _told(self, wanted: SpeechRequest, voice: TextToSpeech) -> AsyncGenerator[Mapping[str, Any], None]:
        seconds = 0.0

        def count(audio: Audio) -> None:
            nonlocal seconds
            seconds += audio.seconds

        async with aclosing(self._file(wanted, voice, count)) as pieces:
            async for piece in pieces:
                yield {"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode("ascii")}
        made = round(seconds * SOUND_TOKENS_A_SECOND)
        usage = {"input_tokens": wanted.tokens, "output_tokens": made, "total_tokens": wanted.tokens + made}
        yield {"type": "speech.audio.done", "usage": {**usage, "estimated": True}}

    async def _file(
        self, wanted: SpeechRequest, voice: TextToSpeech, count: Callable[[Audio], None] = lambda audio: None
    ) -> AsyncGenerator[bytes, None]:
        """Pieces that are not empty. Raises ApiError(429, 502), VoiceError."""
        with self._places.hold(Place.SPEAKING):
            encoder, said = self._stages.encoder(wanted.format), 0
            try:
                for sentence in wanted.sentences:
                    spoken = flowing(Stage.TTS, voice.speak(sentence), self._limits.stage_s, voice)
                    async with aclosing(spoken):
                        async for audio in spoken:
                            said += len(audio)
                            count(audio)
                            if piece := await encoder.encode(audio):
                                yield piece
                if not said:
                    raise ApiError(HTTPStatus.BAD_GATEWAY, "The voice has said nothing.", code="no_speech")
                if piece := await encoder.finish():
                    yield piece
            finally:
                encoder.close()
                self._stages.request_ended()


def read_speech(
    body: Mapping[str, Any], names: ModelNames, stages: ServedStages, limits: ServerLimits
) -> SpeechRequest:
    """Raises ApiError."""
    for name in body:
        if name not in KNOWN:
            raise unsupported(name[:100], f"Unknown parameter: '{name[:100]}'.")
    names.for_stage(Stage.TTS, body.get("model"))
    text = body.get("input")
    if text is None:
        raise missing("input")
    if not isinstance(text, str):
        raise bad_value("input", "The input must be a text.", "invalid_type")
    if len(text) > limits.speech_characters:
        message = f"The input has {len(text)} characters: at most {limits.speech_characters} are spoken."
        raise bad_value("input", message, "string_above_max_length")
    sentences = spoken_sentences(text)
    if not sentences:
        raise bad_value("input", "The input has no words that can be read aloud.")
    return SpeechRequest(
        sentences,
        _choice(body, "response_format", "mp3", FORMATS),
        _voice(body, stages),
        _speed(body, stages.speeds),
        _choice(body, "stream_format", "audio", ("audio", "sse")) == "sse",
        estimated_tokens(text),
    )


def _choice(body: Mapping[str, Any], name: str, usual: str, choices: Collection[str]) -> str:
    given = body.get(name)
    if given is None:
        return usual
    if not isinstance(given, str) or given not in choices:
        raise bad_value(name, f"'{str(given)[:50]}' is not made here. There are: {', '.join(choices)}.")
    return given


def _voice(body: Mapping[str, Any], stages: ServedStages) -> str:
    given = body.get("voice")
    if isinstance(given, dict):
        given = given.get("id")
    if given is None or given == "":
        raise missing("voice")
    if not isinstance(given, str):
        raise bad_value("voice", "The voice must be a name.", "invalid_type")
    known = stages.voices()
    if given in known:
        return given
    if given in OPENAI_VOICES:
        return ""
    message = f"There is no voice '{given[:50]}' here. There are: {', '.join(known) or 'OpenAI’s names only'}."
    raise bad_value("voice", message)


def _speed(body: Mapping[str, Any], speeds: tuple[float, float]) -> float:
    given = body.get("speed")
    if given is None:
        return 1.0
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise bad_value("speed", "The speed must be a number.", "invalid_type")
    slowest, fastest = speeds
    if not slowest <= given <= fastest:
        range_ = f"from {slowest:g} to {fastest:g}" if slowest < fastest else f"{slowest:g}"
        raise bad_value("speed", f"The speed can be {range_} here.")
    return float(given)
