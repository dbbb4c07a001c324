"""The one error a person can meet.

Vendor errors are translated into `VoiceError` once, where they enter the program.
"""

import errno
from enum import StrEnum


class ErrorCode(StrEnum):
    """Closed list of what can go wrong; stable, as it appears in `--json`."""

    NO_MICROPHONE = "no_microphone"
    NO_SPEAKER = "no_speaker"
    NO_SOUND_LIBRARY = "no_sound_library"
    DEVICE_BUSY = "device_busy"
    DEVICE_LOST = "device_lost"
    MICROPHONE_SILENT = "microphone_silent"
    BAD_AUDIO_FILE = "bad_audio_file"
    NO_SPEECH = "no_speech"
    MODEL_MISSING = "model_missing"
    MODEL_DAMAGED = "model_damaged"
    DOWNLOAD_FAILED = "download_failed"
    DISK_FULL = "disk_full"
    ENGINE_FAILED = "engine_failed"
    TIMED_OUT = "timed_out"
    BAD_SETTINGS = "bad_settings"
    BAD_KEY = "bad_key"
    NO_KEYRING = "no_keyring"
    KEYRING_FAILED = "keyring_failed"
    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    NO_PERMISSION = "no_permission"
    QUOTA_USED_UP = "quota_used_up"
    RATE_LIMITED = "rate_limited"
    MODEL_UNKNOWN = "model_unknown"
    MODEL_SHUT_DOWN = "model_shut_down"
    NOT_OFFERED = "not_offered"
    TOO_LARGE = "too_large"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_REFUSED = "content_refused"
    BAD_REQUEST = "bad_request"
    BAD_ANSWER = "bad_answer"
    SERVER_FAILED = "server_failed"
    OFFLINE = "offline"
    NOT_SECURE = "not_secure"
    REDIRECTED = "redirected"
    STORAGE_FAILED = "storage_failed"
    NOT_HEARD = "not_heard"
    ALREADY_RUNNING = "already_running"


class VoiceError(Exception):
    """Something went wrong, said for a person: what happened and what to do.

    `retryable` means that trying the same again can succeed. `hint` is the command or action that mends it, if there is
    one.
    """

    def __init__(self, code: ErrorCode, message: str, *, retryable: bool = False, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:  # crosses the process boundary
        return (_rebuild, (self.code, self.message, self.retryable, self.hint))


def _rebuild(code: ErrorCode, message: str, retryable: bool, hint: str) -> VoiceError:
    return VoiceError(code, message, retryable=retryable, hint=hint)


_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name)}


def is_disk_full(error: BaseException) -> bool:
    """No space is left, or none that this user may have."""
    return isinstance(error, OSError) and error.errno in _FULL


def with_hint(message: str, hint: str) -> str:
    """What happened and what mends it, in one text; a hint that the message names is not said twice, and a command of
    the terminal is for the terminal (`with_command`)."""
    return message if hint in message or _is_command(hint) else f"{message} {hint}"


def with_command(error: VoiceError) -> str:
    """For the terminal: what happened, and the command that mends it if there is one."""
    return f"{error.message} Run `{error.hint}`." if _is_command(error.hint) else error.message


def _is_command(hint: str) -> bool:
    return hint.startswith("voicegui ")
