"""A day's worth of turns in virtual time: nothing grows."""

import gc
import tracemalloc

from voicegui.core.commands import SetHandsFree
from voicegui.core.events import TurnDone

from .conftest import Talk

TURNS = 1000
MOST_GROWTH_BYTES = 20_000_000


def test_a_thousand_turns_do_not_grow(virtual):
    async def scenario():
        async with Talk([("hello", "Hi.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            grown = 0
            for turn in range(TURNS):
                talk.sound.say("hello", at=talk.loop.time() + 0.1)
                done = await talk.until(TurnDone)
                assert done.assistant == "Hi."
                talk.events.clear()
                talk._waiting.clear()
                talk.llm.prompts.clear()
                talk.tts.spoken.clear()
                talk.sound.flushes.clear()
                if turn == 50:
                    gc.collect()
                    tracemalloc.start()
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            assert grown <= MOST_GROWTH_BYTES
            assert talk.stt.open <= 1

    virtual(scenario())
