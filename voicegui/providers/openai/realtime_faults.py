"""What goes wrong inside a Realtime session, as a sentence."""

from voicegui.core.errors import ErrorCode, VoiceError

from .asked import Asked
from .errors import text_of
from .realtime_events import Fault
from .refusals import Refusal, refused

_ENDED = ("session_expired",)
"""The server hangs up, and a new session will do."""

_STATUS = {"server_error": 500, "rate_limit_error": 429, "invalid_request_error": 400}
"""By the kind of a fault, whose code says something finer or nothing."""


def fault_error(fault: Fault, asked: Asked) -> VoiceError:
    if fault.code in _ENDED:
        return lost(asked)
    status = 429 if fault.code == "rate_limit_exceeded" else _STATUS.get(fault.kind)
    return refused(Refusal(status, fault.code or fault.kind, text_of(fault.message)), asked)


def lost(asked: Asked) -> VoiceError:
    return VoiceError(ErrorCode.OFFLINE, f"The connection to {asked.service} broke off. Try again.", retryable=True)


def closed(asked: Asked) -> VoiceError:
    return VoiceError(ErrorCode.ENGINE_FAILED, f"The connection to {asked.service} is closed.")
