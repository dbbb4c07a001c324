"""How long a stage may keep a person waiting. Timed on the event loop."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import TypeVar

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import MayLoad

T = TypeVar("T")

_LATE = {
    Stage.STT: ("Speech recognition took longer than {seconds:g} seconds.", TRY_AGAIN),
    Stage.LLM: ("The language model did not begin to answer within {seconds:g} seconds.", TRY_AGAIN),
    Stage.TTS: ("The voice took longer than {seconds:g} seconds to begin.", TRY_AGAIN),
}
_STALLED = {
    Stage.STT: _LATE[Stage.STT],
    Stage.LLM: ("The language model stopped in the middle of its answer.", "Try again to hear the rest."),
    Stage.TTS: ("The voice stopped in the middle of a sentence.", "Try again to hear the rest."),
}
"""What happened, and what to do."""


def _borne(part: object, seconds: float) -> float:
    return part.patience_s(seconds) if isinstance(part, MayLoad) else seconds


async def in_time(stage: Stage, work: Awaitable[T], seconds: float, part: object = None) -> T:
    """What `work` of `part` gives. Raises VoiceError(TIMED_OUT)."""
    seconds = _borne(part, seconds)
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise _timed_out(_LATE, stage, seconds) from None


async def flowing(
    stage: Stage, stream: AsyncGenerator[T, None], seconds: float, part: object = None
) -> AsyncGenerator[T, None]:
    """`stream` of `part`, of which no piece may take longer than `seconds`. Closes it. Raises VoiceError(TIMED_OUT).

    Only waiting for the stream counts, not what is done with its pieces.
    """
    said = _LATE
    async with aclosing(stream):
        while True:
            borne = _borne(part, seconds)
            try:
                async with asyncio.timeout(borne):
                    piece = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise _timed_out(said, stage, borne) from None
            yield piece
            said = _STALLED


def _timed_out(said: dict[Stage, tuple[str, str]], stage: Stage, seconds: float) -> VoiceError:
    what, advice = said[stage]
    return VoiceError(ErrorCode.TIMED_OUT, what.format(seconds=seconds), advice=advice, retryable=True)
