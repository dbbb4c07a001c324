"""How `voicegui ask` ends when something outside ends it: signals, its terminal, its reader, the models' process."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from tests.openai_server.behaving import Models
from tests.openai_server.server import Answer, Fault, Request, serving, sse

from .test_ask_failures import CHAT, SPEECH
from .test_ask_services import models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("smallest_model_file")]


async def begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, *options: str, stdout: int = asyncio.subprocess.PIPE
) -> asyncio.subprocess.Process:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path / "profile"), "ask", *options]
    errors = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, "--llm", "openai", "--tts", "openai", stdout=stdout, stderr=errors
    )


def conversations(tmp_path: Path) -> list[bool]:
    """Of each that was kept, whether its end was."""
    with closing(sqlite3.connect(tmp_path / "profile" / "voicegui.db")) as database:
        return [ended is not None for (ended,) in database.execute("SELECT ended FROM conversations")]


class Talking:
    """Answers with one sentence, says when it is spoken, and goes on for ever."""

    def __init__(self) -> None:
        self.spoken = asyncio.Event()

    def answer(self, request: Request) -> Answer:
        if request.path == CHAT:
            return sse({"choices": [{"delta": {"content": "One sentence. And then "}}]}, end=[Fault.STALL])
        if request.path == SPEECH:
            self.spoken.set()
        return Models("", samples=1).answer(request)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    saved, talking = tmp_path / "answer.wav", Talking()
    async with serving(talking.answer) as server, asyncio.timeout(300):
        process = await begun(tmp_path, monkeypatch, server.url, "--text", "hi", "--save", str(saved))
        await talking.spoken.wait()
        process.send_signal(number)
        _, errors = await process.communicate()
    assert process.returncode == 128 + number, errors
    assert errors == b""
    assert conversations(tmp_path) == [True]
    assert saved.exists()


async def test_a_hangup_that_is_ignored_stays_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `nohup` does it."""
    talking, before = Talking(), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        async with serving(talking.answer) as server, asyncio.timeout(300):
            process = await begun(tmp_path, monkeypatch, server.url, "--text", "hi")
            await talking.spoken.wait()
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            await process.communicate()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert process.returncode == 128 + signal.SIGTERM


async def test_its_terminal_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, terminal = os.openpty()
    talking = Talking()
    async with serving(talking.answer) as server, asyncio.timeout(300):
        process = await begun(tmp_path, monkeypatch, server.url, "--text", "hi", "--json", stdout=terminal)
        os.close(terminal)
        await talking.spoken.wait()
        os.close(ours)
        process.send_signal(signal.SIGHUP)
        _, errors = await process.communicate()
    assert process.returncode == 128 + signal.SIGHUP and b"Traceback" not in errors
    assert conversations(tmp_path) == [True]


async def test_standard_streams_that_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened next gets none of the output."""
    async with serving(models().answer) as server, asyncio.timeout(300):
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        profile = tmp_path / "profile"
        command = f"'{sys.executable}' -m voicegui --profile '{profile}' ask --text hi --llm openai --tts openai"
        process = await asyncio.create_subprocess_shell(f"exec {command} <&- >&- 2>&-")
        assert await process.wait() == 0
    assert conversations(tmp_path) == [True]


async def test_the_models_hang_in_the_middle_of_an_answer(tmp_path: Path, smallest_model: str) -> None:
    command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path / "profile"), "ask", "--json"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, "--text", "Tell me a long story.", "--llm", smallest_model, stdout=pipe, stderr=pipe
    )
    assert process.stdout and process.stderr
    async with asyncio.timeout(300):
        while json.loads(await process.stdout.readline())["type"] != "sentence":
            pass
        for child in models_of(process.pid):
            child.suspend()
        output, errors = await process.communicate()
    assert process.returncode == 4
    assert b"stopped responding" in errors
    ended = [json.loads(line) for line in output.splitlines()]
    assert any(event.get("assistant") for event in ended), f"what was shown counts, the question was typed: {ended}"


async def test_the_models_are_killed_whenever_they_load(tmp_path: Path, smallest_model: str) -> None:
    command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path / "profile"), "ask", "--text", "hi"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, "--llm", smallest_model, stdout=pipe, stderr=pipe)
    killing = asyncio.create_task(asyncio.to_thread(kill_models, process.pid))
    async with asyncio.timeout(300):
        output, errors = await process.communicate()
        await killing
    assert (process.returncode, output) == (4, b"")
    assert errors.decode().strip() == (
        "The speech engine was ended by the system 4 times in a row. "
        "Perhaps memory is short: close other programs, then try again."
    )


def models_of(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [each for each in psutil.Process(pid).children() if "spawn_main" in " ".join(each.cmdline())]
    return []


def kill_models(pid: int) -> None:
    """As long as the program runs."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        for child in models_of(pid):
            with suppress(psutil.Error):
                child.kill()
        time.sleep(0.02)


async def test_nobody_reads_the_output_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    async with serving(models().answer) as server, asyncio.timeout(300):
        process = await begun(tmp_path, monkeypatch, server.url, "--text", "hi", "--json", stdout=writing)
        os.close(writing)
        os.close(reading)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (141, b"")


async def test_the_output_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with serving(models().answer) as server, asyncio.timeout(300):
        process = await begun(tmp_path, monkeypatch, server.url, "--text", "hi", stdout=full)
        os.close(full)
        _, errors = await process.communicate()
    assert process.returncode == 4
    assert b"The output cannot be written" in errors and b"Traceback" not in errors
    assert conversations(tmp_path) == [True]
