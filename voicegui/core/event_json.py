"""Events as JSON objects: what programs get of a conversation, on the terminal and over the network.

Kinds and fields are only ever added: whoever reads them skips what is new to them. `not_taken` tells what was heard
over a reply without interrupting it: `turn`, `text` ("" if there were no words) and `reason` (agreement, unclear,
no_words or not_understood).
"""

from dataclasses import asdict
from typing import Any

from .events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
    Continued,
    ConversationOver,
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
    Summarized,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from .wording import shown

JsonFields = dict[str, Any]


def turn_line(done: TurnDone) -> JsonFields:
    return {"user": done.user, "assistant": done.assistant, "timings_ms": asdict(done.timings)}


def described(event: Event) -> tuple[str, JsonFields]:
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
        case ConversationOver(turns):
            return "conversation_ended", {"turns": turns}
        case Summarized(text):
            return "summary", {"text": text}
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
