"""Whatever a part throws becomes the turn's failure: a conversation never hangs on a defect."""

import logging

from voicegui.core.errors import ErrorCode, VoiceError

log = logging.getLogger(__name__)


def as_voice_error(error: Exception) -> VoiceError:
    """Itself, or for a defect of a part a sentence; the log gets where it happened, without words that were said."""
    if isinstance(error, VoiceError):
        return error
    log.error("a part failed", exc_info=error)
    sentence = f"Something went wrong inside ({type(error).__name__}). Try again; the log in the profile tells more."
    return VoiceError(ErrorCode.ENGINE_FAILED, sentence, retryable=True)
