"""What `voicegui talk` shows of a turn, and how it ends."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.openai_server.server import serving
from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Event,
    Interrupted,
    NotTaken,
    ProblemAppeared,
    ReplyGrew,
    ReplyShortened,
    Timings,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.terminal.talk import _Screen

from .test_ask_services import ALL, models

SAID = UserSaid(1, "How are you?")
FAILED = TurnFailed(1, ErrorCode.OFFLINE, "No connection.", retryable=True)


def grew(*pieces: str) -> list[Event]:
    return [ReplyGrew(1, piece) for piece in pieces]


def done(assistant: str, turn: int = 1, ms: float | None = None) -> TurnDone:
    return TurnDone(turn, "How are you?", assistant, Timings(voice_to_voice=ms))


@pytest.mark.parametrize(
    ("events", "shown", "complained"),
    [
        ([SAID, *grew("I am ", "fine."), done("I am fine.", ms=900)], "Agent: I am fine.  (900 ms)\n", ""),
        ([SAID, FAILED, done("")], "", "No connection.\n"),
        ([SAID, *grew("Fine."), NotTaken(1, "mm\x1b-hm", Passed.AGREEMENT), done("Fine.")],
         "       (heard, not taken: “mm⟨U+001B⟩-hm”)\nAgent: Fine.\n", ""),
        ([SAID, *grew("I am ", "fine."), FAILED, done("")], "Agent: I am fine.\n", "No connection.\n"),
        ([SAID, *grew("Half. And"), FAILED, Interrupted(1, "Half.", " And"), done("Half.")], "Agent: Half. And\n",
         "No connection.\n"),
        ([SAID, *grew("Half. And"), Interrupted(1, "Half.", " And"), done("Half.")], "Agent: Half.\n", ""),
        ([SAID, *grew("I am"), Interrupted(1, "", "I am"), done("")], "", ""),
        ([SAID, *grew("I am. So"), ReplyShortened(1, "I am."), FAILED, done("")], "Agent: I am.\n", "No connection.\n"),
        ([TurnFailed(1, ErrorCode.TIMED_OUT, "Too slow.", True), TurnDone(1, "", "", Timings())], "", "Too slow.\n"),
        ([ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, "It died.")], "", "It died.\n"),
        ([SAID, FAILED, done(""), UserSaid(2, "Hm?"), ReplyGrew(2, "Yes."), done("Yes.", 2)],
         "You:   Hm?\nAgent: Yes.\n", "No connection.\n"),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_turn(
    events: Sequence[Event], shown: str, complained: str, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = _Screen()
    for event in events:
        screen.show(event)
    out, errors = capsys.readouterr()
    assert out.removeprefix("You:   How are you?\n") == shown
    assert errors == complained


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, number: signal.Signals
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    async with serving(models().answer) as server, asyncio.timeout(300):
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path / "profile"), "talk", "--json", *ALL]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        assert process.stdout
        while json.loads(await process.stdout.readline())["type"] != "ready":
            pass
        process.send_signal(number)
        _, errors = await process.communicate()
    assert process.returncode == 0, errors
