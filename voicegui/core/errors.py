"""The one error a person can meet.

Vendor errors are translated into `VoiceError` once, where they enter the program.
"""

import errno
from enum import StrEnum

from .wording import Sentence, sentence, shown, verbatim


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


class HintKind(StrEnum):
    """What the hint of an error is, and so where it is said."""

    SENTENCE = "sentence"
    """It follows the message."""
    COMMAND = "command"
    """Of the terminal, and said there only."""
    NAMED = "named"
    """The message names it: it is not said twice."""


TRY_AGAIN = sentence("Try again.")
"""The advice of an error that may pass by itself."""


class VoiceError(Exception):
    """Something went wrong, said for a person: what happened and what to do.

    `message` is the whole sentence: "HEADING: WHAT ADVICE". `retryable` means that trying the same again can succeed.
    `hint` is the command or action that mends it, if there is one. Texts are in the language of the window; `written`
    is English.
    """

    def __init__(
        self,
        code: ErrorCode,
        what: Sentence | str,
        *,
        heading: Sentence | str = "",
        advice: Sentence | str = "",
        retryable: bool = False,
        hint: Sentence | str = "",
        hint_kind: HintKind = HintKind.SENTENCE,
    ) -> None:
        """`heading`: what a window shows in bold, without the colon that follows it. `advice`: the last sentence, which
        is left out where something else has taken over. Text that is no `Sentence` is somebody else's, and said as it
        is."""
        self.code = code
        self.retryable = retryable
        self.hint_kind = hint_kind
        self._what, self._heading, self._advice, self._hint = map(_as_sentence, (what, heading, advice, hint))
        super().__init__(code)

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        return self.whole.shown()

    @property
    def written(self) -> str:
        """The message in English, for language models."""
        return self.whole.written()

    @property
    def said(self) -> str:
        """The message in the language of the conversation."""
        return self.whole.spoken()

    @property
    def heading(self) -> str:
        return self._heading.shown()

    @property
    def detail(self) -> str:
        """What follows the heading."""
        return _two(self._what, self._advice).shown()

    @property
    def without_advice(self) -> str:
        return _headed(self._heading, self._what).shown()

    @property
    def hint(self) -> str:
        return self._hint.shown()

    @property
    def whole(self) -> Sentence:
        """The message as a part of other sentences, in whatever language they are."""
        return _headed(self._heading, _two(self._what, self._advice))

    def as_code(self, code: ErrorCode) -> "VoiceError":
        """The same, called otherwise."""
        return _rebuild(code, *self._parts)

    @property
    def _parts(self) -> tuple[Sentence, Sentence, Sentence, bool, Sentence, HintKind]:
        return self._what, self._heading, self._advice, self.retryable, self._hint, self.hint_kind

    def __reduce__(self) -> tuple[object, ...]:  # crosses the process boundary
        return (_rebuild, (self.code, *self._parts))


def _rebuild(
    code: ErrorCode,
    what: Sentence,
    heading: Sentence,
    advice: Sentence,
    retryable: bool,
    hint: Sentence,
    hint_kind: HintKind,
) -> VoiceError:
    return VoiceError(code, what, heading=heading, advice=advice, retryable=retryable, hint=hint, hint_kind=hint_kind)


def _as_sentence(text: Sentence | str) -> Sentence:
    return verbatim(text) if isinstance(text, str) else text


def _headed(heading: Sentence, rest: Sentence) -> Sentence:
    return sentence("{heading}: {rest}", heading=heading, rest=rest) if heading else rest


def _two(first: Sentence, second: Sentence) -> Sentence:
    """Two sentences, one behind the other."""
    return sentence("{first} {second}", first=first, second=second) if second else first


_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name)}


def is_disk_full(error: BaseException) -> bool:
    """No space is left, or none that this user may have."""
    return isinstance(error, OSError) and error.errno in _FULL


def with_hint(message: str, hint: str, kind: HintKind = HintKind.SENTENCE) -> str:
    """What happened and what mends it, in one text."""
    return f"{message} {hint}" if hint and kind is HintKind.SENTENCE else message


def with_command(error: VoiceError) -> str:
    """For the terminal: what happened, and the command that mends it if there is one."""
    if error.hint_kind is not HintKind.COMMAND:
        return error.message
    return shown("{message} Run `{command}`.", message=error.message, command=error.hint)
