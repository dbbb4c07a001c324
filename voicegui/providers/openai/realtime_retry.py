"""When something is tried once more on a Realtime session."""

from voicegui.core.errors import ErrorCode, VoiceError

from .retry import FIRST_WAIT_S, Retry

_BUSY = (ErrorCode.RATE_LIMITED, ErrorCode.SERVER_FAILED)


async def again(retry: Retry, tried: int, error: VoiceError) -> bool:
    """False if another try is of no use. A lost connection is replaced at once, a busy server gets time.

    As over HTTP there is no other try after a time-out, which has taken long enough.
    """
    if not error.retryable or error.code is ErrorCode.TIMED_OUT or tried >= retry.tries:
        return False
    if error.code in _BUSY or tried > 1:
        await retry.sleep(FIRST_WAIT_S * 2 ** (tried - 1) * (0.5 + retry.chance()))
    return True
