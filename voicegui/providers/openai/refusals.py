"""A service that said no: why, and what to do about it. Pure."""

import re
from dataclasses import dataclass

from voicegui.core.errors import ErrorCode, VoiceError

from .asked import Asked
from .service import Stage
from .successors import successor


@dataclass(frozen=True, slots=True)
class Refusal:
    """As far as it is known; an error in the middle of a stream or of a WebSocket has no status."""

    status: int | None
    code: str
    """`error.code`, else `error.type`."""
    text: str = ""
    """Lower case; looked into, never shown."""


_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "account_deactivated")
_TROUBLE = ("server_error", "api_error", "internal_server_error", "overloaded_error")
_FILTERED = ("content_filter", "content_policy_violation", "moderation_blocked")
_TOO_LONG = ("context length", "context size", "context window", "maximum context", "too many tokens")
_ENDED = ("deprecated", "shut down", "decommissioned", "retired", "no longer available")
_WHAT = {
    Stage.STT: "transcription",
    Stage.LLM: "chat",
    Stage.TTS: "speech",
}


def refused(refusal: Refusal, asked: Asked) -> VoiceError:
    """The sentence for it. What depends on the reason given comes before what depends on the status alone."""
    return _by_reason(refusal, asked) or _by_status(refusal, asked)


def _by_reason(refusal: Refusal, asked: Asked) -> VoiceError | None:
    code, text, status = refusal.code.lower(), refusal.text, refusal.status
    if code in _QUOTA or (status in (402, 429) and "quota" in text):
        return _said(ErrorCode.QUOTA_USED_UP, f"Your credit at {asked.service} is used up. Add credit to your account "
                     "there, or choose another service.")  # fmt: skip
    if code in _FILTERED or "content management policy" in text:
        return content_refused(asked)
    if code == "context_length_exceeded" or (status in (400, 413, 422, 500) and any(w in text for w in _TOO_LONG)):
        return _said(ErrorCode.CONTEXT_TOO_LONG, f"The conversation is too long for {_model(asked)}. Begin a new one, "
                     "or lower its memory in the settings.")  # fmt: skip
    if code == "tool_use_failed":  # what the model wrote, not what it was asked
        sentence = f"{asked.service} called a tool in a way that it cannot read itself. Try again."
        return VoiceError(ErrorCode.BAD_ANSWER, sentence, retryable=True)
    if code == "invalid_api_key":
        return _wrong_key(asked)
    gone = status in (400, 404, 410) and "model" in text
    if (gone or code == "model_not_found") and any(word in text for word in _ENDED):
        return model_shut_down(asked)
    if code == "model_not_found" or (status == 404 and "model" in text):
        return _unknown_model(asked)
    return None


def _by_status(refusal: Refusal, asked: Asked) -> VoiceError:
    status, code = refusal.status, refusal.code.lower()
    if status == 401 or code == "authentication_error":
        return _wrong_key(asked)
    if status == 403 or code == "permission_error":
        return _said(ErrorCode.NO_PERMISSION, f"Your key may not use {_model(asked)} at {asked.service}. Allow it in "
                     "your account there, or use another key.")  # fmt: skip
    if status in (404, 405, 501):
        return not_offered(asked)
    if status == 410:
        return model_shut_down(asked)
    if status == 413:
        return _said(ErrorCode.TOO_LARGE, f"That was too much for {asked.service} to take at once. Say it in shorter "
                     "pieces.")  # fmt: skip
    if status == 429 or code in ("rate_limit_exceeded", "rate_limit_error", "tokens", "requests"):
        sentence = f"{asked.service} is asked too often at the moment. Wait a little and try again."
        return VoiceError(ErrorCode.RATE_LIMITED, sentence, retryable=True)
    if status in (408, 504, 524):
        return VoiceError(ErrorCode.TIMED_OUT, f"{asked.service} took too long. Try again.", retryable=True)
    unexplained = status is None and not code.startswith("invalid")
    if (
        (status or 0) >= 500
        or unexplained
        or code in ("server_error", "api_error", "internal_server_error", "overloaded_error")
    ):
        sentence = f"{asked.service} has trouble of its own at the moment. Try again in a little while."
        return VoiceError(ErrorCode.SERVER_FAILED, sentence, retryable=True)
    return _not_taken(refusal, asked)


def _not_taken(refusal: Refusal, asked: Asked) -> VoiceError:
    reason = refusal.code if re.fullmatch(r"[a-z_]{3,40}", refusal.code) else str(refusal.status or "no reason given")
    sentence = f"{asked.service} did not take the request ({reason}). Choose another model, or check its address."
    return VoiceError(ErrorCode.BAD_REQUEST, sentence)


# ---------------------------------------------------------------- sentences needed elsewhere too


def no_key(service: str) -> VoiceError:
    return _said(ErrorCode.NO_KEY, f"{service} needs a key and there is none. Enter it in the settings.")


def content_refused(asked: Asked) -> VoiceError:
    return _said(ErrorCode.CONTENT_REFUSED, f"{asked.service} declined to answer this. Put it differently.")


def not_offered(asked: Asked) -> VoiceError:
    what = f"has no {_WHAT[asked.stage]} endpoint" if asked.stage else "does not list its models"
    sentence = f"{asked.service} {what} at this address. Check the address, or choose another service for this."
    return VoiceError(ErrorCode.NOT_OFFERED, sentence)


def model_shut_down(asked: Asked) -> VoiceError:
    """`hint` is the model to use instead, if one is known."""
    instead = successor(asked.model)
    todo = f"Use {instead} instead." if instead else "Choose another model in the settings."
    sentence = f"{_model(asked, start=True)} was shut down by {asked.service}. {todo}"
    return VoiceError(ErrorCode.MODEL_SHUT_DOWN, sentence, hint=instead)


def _unknown_model(asked: Asked) -> VoiceError:
    """Models that ended are unknown after a while."""
    if successor(asked.model) and not asked.local:
        sentence = f"{asked.service} does not offer {_model(asked)} any more. Use {successor(asked.model)} instead."
        return VoiceError(ErrorCode.MODEL_UNKNOWN, sentence, hint=successor(asked.model))
    sentence = f"{asked.service} does not know {_model(asked)}, or your key may not use it. Choose another model."
    if asked.local:
        sentence = f"{asked.service} does not have {_model(asked)}. Get it there first, or choose another model."
    return VoiceError(ErrorCode.MODEL_UNKNOWN, sentence)


def _wrong_key(asked: Asked) -> VoiceError:
    return _said(ErrorCode.WRONG_KEY, f"{asked.service} does not accept the key. Enter it again in the settings, or "
                 "make a new one in your account there.")  # fmt: skip


def _said(code: ErrorCode, sentence: str) -> VoiceError:
    return VoiceError(code, sentence)


def _model(asked: Asked, *, start: bool = False) -> str:
    return f"{'The' if start else 'the'} model {asked.model}" if asked.model else "The model" if start else "the model"
