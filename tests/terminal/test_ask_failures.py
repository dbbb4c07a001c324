"""`voicegui ask` when something fails after the start: the sentence on standard error and exit code 4."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
import wave
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from tests.openai_server.behaving import Models
from tests.openai_server.server import NOTHING, Answer, Fault, Request, as_json, serving, sse

from .test_ask_services import ALL, QUESTION, ask, models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("smallest_model_file")]

CHAT, SPEECH, HEARING = "/v1/chat/completions", "/v1/audio/speech", "/v1/audio/transcriptions"
BEGUN = {"choices": [{"delta": {"content": "Half an answer. And then "}}]}
LOUD = b"\x00\x20" * 12_000
END = {"choices": [{"delta": {}, "finish_reason": "stop"}]}


def words(text: str) -> Answer:
    return sse({"choices": [{"delta": {"content": text}}]}, END)


def refused(status: int) -> Answer:
    return as_json({"error": {"message": "no"}}, status)


def endless_calls() -> Answer:
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "current_time", "arguments": "{}"}}
    return sse(
        {"choices": [{"delta": {"tool_calls": [call]}}]}, {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}
    )


FAULTS: dict[str, tuple[str, Callable[[], Answer]]] = {
    "thinking fails at once": (CHAT, lambda: refused(500)),
    "thinking is refused": (CHAT, lambda: refused(400)),
    "thinking: no connection": (CHAT, lambda: NOTHING),
    "thinking breaks off": (CHAT, lambda: sse(BEGUN, end=[Fault.RESET])),
    "thinking stalls": (CHAT, lambda: sse(BEGUN, end=[Fault.STALL])),
    "thinking never begins": (CHAT, lambda: Answer([Fault.STALL], kind="text/event-stream")),
    "thinking: web page": (CHAT, lambda: Answer([b"<html></html>"], kind="text/html")),
    "thinking: empty answer": (CHAT, lambda: words("")),
    "thinking: blanks": (CHAT, lambda: words(" \n ")),
    "thinking: no event at all": (CHAT, lambda: sse()),
    "thinking: thoughts only": (CHAT, lambda: words("<think>What shall I say?</think>")),
    "thinking: calls without end": (CHAT, endless_calls),
    "speaking fails at once": (SPEECH, lambda: refused(500)),
    "speaking: quota": (SPEECH, lambda: refused(403)),
    "speaking breaks off": (SPEECH, lambda: Answer([LOUD, Fault.RESET], kind="audio/pcm")),
    "speaking stalls": (SPEECH, lambda: Answer([LOUD, Fault.STALL], kind="audio/pcm")),
    "speaking never begins": (SPEECH, lambda: Answer([Fault.STALL], kind="audio/pcm")),
}
FOR_PROGRAMS = ("thinking is refused", "thinking breaks off", "thinking: thoughts only", "speaking: quota")
SOUND_BEFORE = ("thinking breaks off", "thinking stalls", "speaking breaks off", "speaking stalls")


def settings(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text(
        "version = 2\n[limits]\nstt_timeout_s = 2\nllm_timeout_s = 2\ntts_timeout_s = 2\n"
    )


def failing(path: str, answer: Callable[[], Answer]) -> Callable[[Request], Answer]:
    return lambda request: answer() if request.path == path else models().answer(request)


def only_sentences(errors: str) -> None:
    assert errors.strip() and "Traceback" not in errors and len(errors.splitlines()) <= 2


@pytest.mark.parametrize(
    ("fault", "as_lines"), [*((fault, False) for fault in FAULTS), *((fault, True) for fault in FOR_PROGRAMS)]
)
async def test_a_typed_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, as_lines: bool) -> None:
    settings(tmp_path / "profile")
    saved = tmp_path / "answer.wav"
    options = ("--text", "How are you?", "--llm", "openai", "--tts", "openai", "--save", saved)
    async with serving(failing(*FAULTS[fault])) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, *options, *(["--json"] * as_lines))
    assert code == 4, (output, errors)
    only_sentences(errors)
    expected = "Half an answer." if fault in ("thinking breaks off", "thinking stalls") else ""
    expected = "I am fine" if fault.startswith("speaking") else expected
    if as_lines:
        lines = [json.loads(line) for line in output.splitlines()]
        failures = [line for line in lines if line["type"] == "error"]
        assert len(failures) == 1 and failures[0]["message"] == errors.splitlines()[0]
        turn = lines[-1]
        assert turn["type"] == "turn" and turn["failed"] == failures[0]["code"]
        assert expected in turn["assistant"] + " " + turn["unheard"]
    else:
        assert output.startswith("You:   How are you?")
        assert (f"Agent: {expected}" in output) if expected else "Agent:" not in output
    with wave.open(str(saved)) as file:
        assert (file.getnframes() > 0) is (fault in SOUND_BEFORE)


@pytest.mark.parametrize(
    ("answer", "as_lines"),
    [
        (lambda: refused(400), False),
        (lambda: NOTHING, True),
        (lambda: Answer([Fault.STALL]), False),
        (lambda: sse(end=[Fault.RESET]), True),
    ],
    ids=["refused", "no connection", "stall", "broken"],
)
async def test_a_recorded_question_that_is_not_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Answer], as_lines: bool
) -> None:
    settings(tmp_path / "profile")
    async with serving(failing(HEARING, answer)) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, QUESTION, *ALL, *(["--json"] * as_lines))
    assert code == 4, (output, errors)
    only_sentences(errors)
    assert "Agent:" not in output
    if as_lines:
        assert [json.loads(line)["type"] for line in output.splitlines()].count("error") == 1


@pytest.mark.parametrize(("option", "target"), [("--save", "none/answer.wav"), ("--timeline", ".")])
async def test_a_target_that_cannot_be_written_is_said_before_anybody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, target: str
) -> None:
    settings(tmp_path / "profile")
    async with serving(models().answer) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, "--text", "hi", option, tmp_path / target)
        assert server.requests == []
    assert (code, output) == (2, "")
    only_sentences(errors)


async def test_an_answer_that_cannot_be_saved_is_shown_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--text", "hi", "--llm", "openai", "--tts", "openai", "--save", "/dev/full")
    async with serving(models().answer) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, *options)
    assert code == 4 and "Agent: I am fine, thank you." in output
    assert "Free some space" in errors


# ---------------------------------------------------------------- ended from outside


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
    assert json.loads(output.splitlines()[-1])["unheard"]


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
