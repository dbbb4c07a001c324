"""Sentences being spoken on one Realtime session, each by a response of its own outside any conversation."""

import asyncio
import itertools

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import sentence

from ..errors import bad_answer
from ..refusals import content_refused
from ..service import StageTarget
from ..sse import LONGEST_SPEECH, LONGEST_WORDS, TOO_LONG
from .connection import RealtimeSession
from .events import TAG, Refused, ResponseBegan, ResponseEnded, ResponseSounded, ResponseWorded, ServerEvent
from .socket import fault_error, lost


class SpokenResponse:
    """One sentence on its way. `pieces` gets its sound (int16 at 24 kHz), then None, or what went wrong."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        """Also the `event_id` of the request."""
        self.response_id = ""
        self.pieces: asyncio.Queue[bytes | VoiceError | None] = asyncio.Queue()
        self.length = 0
        """Bytes of sound so far."""
        self.said = ""
        """What the model says it said."""
        self.unwanted = False


class Responses:
    """What is under way on one speaking session; fills `SessionWork`."""

    def __init__(self, session: RealtimeSession) -> None:
        self._session = session
        self._speeches: dict[str, SpokenResponse] = {}
        """By tag, until they ended."""
        self._by_response: dict[str, SpokenResponse] = {}
        self._lost: VoiceError | None = None
        self._numbers = itertools.count(1)

    @property
    def busy(self) -> bool:
        return bool(self._speeches)

    def begin(self, text: str) -> SpokenResponse:
        speech = SpokenResponse(f"speech-{next(self._numbers)}")
        if self._lost:
            speech.pieces.put_nowait(self._lost)
            return speech
        self._speeches[speech.tag] = speech
        self._session.send(
            {
                "type": "response.create",
                "event_id": speech.tag,
                "response": {
                    "conversation": "none",
                    "metadata": {TAG: speech.tag},
                    "output_modalities": ["audio"],
                    "input": [
                        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]},
                    ],
                },
            }
        )
        return speech

    def stop(self, speech: SpokenResponse) -> None:
        """No more of it is wanted. The server may not have told its id yet: then it is stopped when that comes."""
        if speech.tag in self._speeches and not speech.unwanted:
            speech.unwanted = True
            self._cancel(speech)

    def receive(self, event: ServerEvent) -> None:
        match event:
            case ResponseBegan(response_id, tag):
                self._began(response_id, self._speeches.get(tag))
            case ResponseSounded(response_id, samples):
                if speech := self._by_response.get(response_id):
                    self._sound(speech, samples)
            case ResponseWorded(response_id, text):
                if speech := self._by_response.get(response_id):
                    speech.said = f"{speech.said} {text}".strip()[:LONGEST_WORDS]
            case ResponseEnded():
                speech = self._by_response.pop(event.response_id, None) or self._speeches.get(event.tag)
                if speech and self._speeches.pop(speech.tag, None):
                    speech.pieces.put_nowait(_failure(event, self._session.asked))
            case Refused(fault, answers):
                if refused := self._speeches.pop(answers, None):
                    refused.pieces.put_nowait(fault_error(fault, self._session.asked))

    def _sound(self, speech: SpokenResponse, samples: bytes) -> None:
        speech.length += len(samples)
        if speech.length <= LONGEST_SPEECH:
            speech.pieces.put_nowait(samples)
        elif not speech.unwanted:
            speech.pieces.put_nowait(bad_answer(self._session.asked, TOO_LONG))
            self.stop(speech)

    def lose(self, error: VoiceError) -> None:
        self._lost = error
        for speech in self._speeches.values():
            speech.pieces.put_nowait(error)
        self._speeches.clear()
        self._by_response.clear()

    def _began(self, response_id: str, speech: SpokenResponse | None) -> None:
        if speech:
            speech.response_id = response_id
            self._by_response[response_id] = speech
            if speech.unwanted:
                self._cancel(speech)

    def _cancel(self, speech: SpokenResponse) -> None:
        if speech.response_id:
            self._session.send({"type": "response.cancel", "response_id": speech.response_id})


def _failure(ended: ResponseEnded, asked: StageTarget) -> VoiceError | None:
    """None: it was spoken, as far as the model's limit let it."""
    match ended.status, ended.reason:
        case "completed", _:
            return None
        case "incomplete", "max_output_tokens":
            return None
        case "incomplete", _:
            return content_refused(asked)
        case "cancelled", _:
            return lost(asked)
    if ended.fault.code or ended.fault.kind:
        return fault_error(ended.fault, asked)
    return bad_answer(asked, sentence("{service} did not speak and said nothing about why."))


def nothing_spoken(asked: StageTarget) -> VoiceError:
    what = asked.fill(sentence("{service} sent no sound for a sentence."))
    return VoiceError(ErrorCode.BAD_ANSWER, what, advice=TRY_AGAIN, retryable=True)
