"""POST /v1/audio/transcriptions: a recording becomes text, with the times of its segments if they are wanted.

What is exact: the length of the recording, and where segments begin and end, to the 32 ms frames in which the voice
detector finds speech. Where a word stands in its segment is not known.
"""

import zlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from voicegui.conversation.stage_calls import in_time
from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ, Audio
from voicegui.core.events import Stage

from ..limits import ServerLimits
from ..parts import ServedStages, ServerParts
from .answers import EVENTS, events, stream_begun, while_connected
from .models import ModelNames
from .request_bodies import read_form
from .speech_spans import speech_spans, together
from .stage_places import Place, StagePlaces
from .subtitles import HeardSegment, srt, vtt
from .transcription_request import TextFormat, TranscriptionRequest, read_transcription


class Transcriptions:
    """`stages`: those of `parts`."""

    def __init__(
        self, parts: ServerParts, stages: ServedStages, limits: ServerLimits, places: StagePlaces, names: ModelNames
    ) -> None:
        self._parts, self._stages, self._limits = parts, stages, limits
        self._places, self._names = places, names

    async def answer(self, request: Request) -> Response:
        """Raises ApiError, VoiceError."""
        self._places.check(Place.HEARING)  # nobody uploads a file to be told then
        with self._places.hold(Place.UPLOAD):
            wanted = read_transcription(
                await read_form(request, self._limits), self._names, self._stages.languages
            )  # fmt: skip
        if wanted.streamed:
            return await stream_begun(request, events(self._told(wanted)), EVENTS, self._limits.send_s)
        return await while_connected(request, self._whole(wanted))

    async def _told(self, wanted: TranscriptionRequest) -> AsyncGenerator[Mapping[str, Any], None]:
        said: list[str] = []
        with self._places.hold(Place.HEARING):
            audio = await self._parts.decode_audio(wanted.sound)
            async with aclosing(self._segments(audio, cut=True)) as segments:
                async for segment in segments:
                    delta = f" {segment.text}" if said else segment.text
                    said.append(segment.text)
                    yield {"type": "transcript.text.delta", "delta": delta}
            yield {"type": "transcript.text.done", "text": " ".join(said)}

    async def _whole(self, wanted: TranscriptionRequest) -> Response:
        with self._places.hold(Place.HEARING):
            audio = await self._parts.decode_audio(wanted.sound)
            async with aclosing(self._segments(audio, cut=wanted.format.has_times)) as heard:
                segments = [segment async for segment in heard]
        return _response(wanted, audio, segments, self._stages.languages)

    async def _segments(self, audio: Audio, *, cut: bool) -> AsyncGenerator[HeardSegment, None]:
        """Those with words. `cut`: also what is short is heard in pieces, so that they have times. Raises VoiceError.

        Between two pieces others come to their turn: a long recording keeps nobody waiting. Where nobody speaks nothing
        is heard: recognisers make words up there ("Thank you.").
        """
        probabilities = await self._stages.speech_probabilities(audio)
        spans = speech_spans(probabilities)
        if not cut and spans:
            spans = together(spans, round(self._limits.whole_hearing_s * LISTENING_RATE_HZ / FRAME_SAMPLES))
        for span in spans:
            begin, end = (frame * FRAME_SAMPLES * 2 for frame in (span.heard_from, span.heard_to))
            if text := await self._text(Audio(audio.samples[begin:end], audio.rate_hz)):
                start_s, end_s = (frame * FRAME_SAMPLES / LISTENING_RATE_HZ for frame in (span.begin, span.end))
                spoken = probabilities[span.begin : span.end]
                yield HeardSegment(start_s, min(end_s, audio.seconds), text, 1 - sum(spoken) / len(spoken))

    async def _text(self, audio: Audio) -> str:
        hearing = self._stages.stt.listen(lambda words: None)
        try:
            hearing.feed(audio)
            return (await in_time(Stage.STT, hearing.text(), self._limits.stage_s, self._stages.stt)).strip()
        finally:
            self._stages.request_ended()
            await hearing.aclose()


def _response(
    wanted: TranscriptionRequest, audio: Audio, segments: Sequence[HeardSegment], languages: Sequence[str]
) -> Response:
    text = " ".join(segment.text for segment in segments)
    usage = {"type": "duration", "seconds": round(audio.seconds, 3)}
    match wanted.format:
        case TextFormat.TEXT:
            return PlainTextResponse(text + "\n")
        case TextFormat.SRT:
            return PlainTextResponse(srt(segments))
        case TextFormat.VTT:
            return PlainTextResponse(vtt(segments))
        case TextFormat.JSON:
            return JSONResponse({"text": text, "usage": usage})
        case TextFormat.VERBOSE:
            language = wanted.language or (languages[0] if len(languages) == 1 else "")
            described = [_described(number, each) for number, each in enumerate(segments)]
            head = {"task": "transcribe", "language": language, "duration": round(audio.seconds, 3), "text": text}
            return JSONResponse({**head, "segments": described, "usage": usage})


def _described(number: int, segment: HeardSegment) -> Mapping[str, Any]:
    """`tokens`, `temperature` and `avg_logprob` are there because programs read them: nobody here knows them."""
    text = segment.text.encode()
    return {
        "id": number,
        "seek": round(segment.start_s * 100),
        "start": round(segment.start_s, 3),
        "end": round(segment.end_s, 3),
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": round(len(text) / len(zlib.compress(text)), 3),
        "no_speech_prob": round(segment.no_speech, 3),
    }
