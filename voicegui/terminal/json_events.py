"""Events as JSON lines: one object a line, each with `type` and `t_ms` (monotonic, from process start).

Kinds and fields are only ever added: whoever reads the lines skips what is new to them. `not_taken` tells what was
heard over a reply without interrupting it: `turn`, `text` ("" if there were no words) and `reason` (agreement, unclear,
no_words or not_understood).
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from voicegui.core.errors import VoiceError
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
    Continued,
    Event,
    FellBack,
    Interrupted,
    LastConversationFound,
    LoadingProgressed,
    NotAnswered,
    NothingHeard,
    Noticed,
    NotTaken,
    PartialHeard,
    PlaybackStarted,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    ReplyShortened,
    SentenceReady,
    SpeechEnded,
    SpeechStarted,
    StartedAfresh,
    StateChanged,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.wording import shown

JsonFields = dict[str, Any]


class Journal:
    """Writes what happens to a stream, flushed line by line. `started`: monotonic seconds of the process's start."""

    def __init__(self, stream: TextIO, started: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._started, self._clock = stream, started, clock
        self._last_error: tuple[object, object] | None = None
        """Code and message, until something is answered."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "error":
            self._last_error = fields.get("code"), fields.get("message")
        elif kind == "turn":
            self._last_error = None
        line = {"type": kind, "t_ms": round((self._clock() - self._started) * 1000, 1), **fields}
        written = json.dumps(line).replace("\x7f", "\\u007f")  # in ASCII: nothing in it means anything to a terminal
        print(written, file=self._stream, flush=True)

    def receive(self, event: Event) -> None:
        """Subscribe this to a conversation. `TurnDone` becomes the line `turn`."""
        kind, fields = _describe(event)
        if kind:
            self.write(kind, **fields)

    def error(self, error: VoiceError) -> None:
        """Why the program ends."""
        self.write("error", code=str(error.code), message=error.message)

    def told(self, error: VoiceError) -> bool:
        """Whether it is the last error that was written, and nothing was answered since."""
        return self._last_error == (str(error.code), error.message)


@contextmanager
def events_file(subscribe: Callable[[Callable[[Event], None]], Callable[[], None]], started: float) -> Iterator[None]:
    """VOICEGUI_EVENTS names a file that gets a window's events as `voicegui ask --json` prints them."""
    name = os.environ.get("VOICEGUI_EVENTS")
    if not name:
        yield
        return
    with Path(name).open("a", encoding="utf-8") as stream:
        unsubscribe = subscribe(Journal(stream, started).receive)
        try:
            yield
        finally:
            unsubscribe()


def turn_line(done: TurnDone) -> JsonFields:
    return {"user": done.user, "assistant": done.assistant, "timings_ms": asdict(done.timings)}


def _describe(event: Event) -> tuple[str, JsonFields]:
    """("", {}) for events that are not part of the format."""
    match event:
        case Ready():
            return "ready", {}
        case StateChanged(phase, user_speaking):
            return "state", {"state": str(phase), "user_speaking": user_speaking}
        case SpeechStarted(turn):
            return "speech_started", {"turn": turn}
        case SpeechEnded(turn):
            return "speech_ended", {"turn": turn}
        case PartialHeard(turn, text):
            return "partial", {"turn": turn, "text": text}
        case UserSaid(turn, text, typed):
            return ("", {}) if typed else ("transcript", {"turn": turn, "text": text})
        case SentenceReady(turn, text):
            return "sentence", {"turn": turn, "text": text}
        case PlaybackStarted(turn):
            return "playback_started", {"turn": turn}
        case Interrupted(turn, heard, unheard):
            return "interrupted", {"turn": turn, "heard": heard, "unheard": unheard}
        case TurnDone():
            return "turn", turn_line(event)
        case TurnFailed(turn, code, message):
            return "error", {"turn": turn, "code": str(code), "message": message}
        case NothingHeard(turn):
            return "error", {"turn": turn, "code": "no_speech", "message": shown("No speech was heard.")}
        case NotTaken(turn, text, why):
            return "not_taken", {"turn": turn, "text": text, "reason": str(why)}
        case ProblemAppeared(_, code, message):
            return "error", {"code": str(code), "message": message}
        case FellBack(stage, message):
            return "fell_back", {"stage": str(stage), "message": message}
        case Noticed(message):
            return "notice", {"message": message}
        case StartedAfresh(turns, wanted):
            return "started_afresh", {"turns": turns, "asked": wanted}
        case NotAnswered(turn):
            return "not_answered", {"turn": turn}
        case Continued():
            return "continued", {}
        case AudioSaved(path):
            return "audio_saved", {"path": path}
        case AudioNotSaved(code, message):
            return "error", {"code": str(code), "message": message}
        case ToolCalled(turn, call):
            return "tool_called", {"turn": turn, "call_id": call.id, "name": call.name, "arguments": call.arguments}
        case ToolFinished(turn, call_id, ok, text, seconds, cancelled):
            how = {"ok": ok, "cancelled": cancelled, "seconds": round(seconds, 3)}
            return "tool_finished", {"turn": turn, "call_id": call_id, "text": text, **how}
        case ApprovalAsked(turn, call, _, question, by_voice):
            asked = {"turn": turn, "call_id": call.id, "name": call.name, "arguments": call.arguments}
            return "approval_asked", {**asked, "question": question, "by_voice": by_voice}
        case ApprovalAnswered(call_id, allowed):
            return "approval_answered", {"call_id": call_id, "allowed": allowed}
        case ProblemSolved(source):
            return "mended", {"source": source}
        case LoadingProgressed() | ReplyGrew() | ReplyShortened() | LastConversationFound():
            return "", {}
