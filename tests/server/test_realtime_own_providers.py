"""Our own hearing and speaking over the Realtime API, with this server at the other end."""

from contextlib import AsyncExitStack

import pytest

from tests.openai_realtime.conftest import Clock, Maker
from tests.openai_realtime.hearing import heard
from tests.openai_realtime.server import KEY as THEIR_KEY
from voicegui.core.audio import Audio

from . import realtime_server
from .realtime_server import RATE, RunningServer, tone


@pytest.fixture
def same_key(monkeypatch):
    monkeypatch.setattr(realtime_server, "KEY", THEIR_KEY)


async def test_they_hear_and_speak(same_key):
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(RunningServer([("hello there", "Hi friend.")]).running())
        make = Maker(stack, Clock())
        assert await heard(make.stt(server.http), Audio(tone(300, rate=16_000), 16_000)) == "hello there"
        spoken = [audio async for audio in make.tts(server.http).speak("hello there")]
        assert sum(len(audio) for audio in spoken) == pytest.approx(0.6 * RATE, rel=0.1)
        assert {audio.rate_hz for audio in spoken} == {RATE}
        await make.aclose()
