"""`voicegui ask` when something fails after the start: the sentence on standard error and exit code 4."""

import json
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

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
    "thinking: wrong key": (CHAT, lambda: refused(401)),
    "thinking: unknown model": (CHAT, lambda: refused(404)),
    "thinking: asked too often": (CHAT, lambda: refused(429)),
    "thinking: refused in the middle": (CHAT, lambda: sse({"error": {"message": "no", "code": "content_filter"}})),
    "thinking: elsewhere": (CHAT, lambda: as_json({}, 307, location="https://elsewhere.invalid/")),
    "thinking: not JSON": (CHAT, lambda: Answer([b"data: {oops\n\n"], kind="text/event-stream")),
    "speaking: wrong key": (SPEECH, lambda: refused(401)),
    "speaking: unknown voice": (SPEECH, lambda: refused(404)),
    "speaking: JSON": (SPEECH, lambda: as_json({"audio": "none"})),
    "speaking: nothing": (SPEECH, lambda: Answer([], kind="audio/pcm")),
    "speaking: WebM": (SPEECH, lambda: Answer([b"\x1a\x45\xdf\xa3" + bytes(500)], kind="audio/webm")),
    "speaking never begins": (SPEECH, lambda: Answer([Fault.STALL], kind="audio/pcm")),
}
FOR_PROGRAMS = ("thinking is refused", "thinking breaks off", "thinking: thoughts only", "speaking: quota")
SOUND_BEFORE = ("thinking breaks off", "thinking stalls", "speaking breaks off", "speaking stalls")


def settings(folder: Path, stalling: str = "") -> None:
    """`stalling`: the endpoint whose stage soon runs out of time."""
    folder.mkdir(exist_ok=True)
    limits = {CHAT: "llm_timeout_s = 4\n", SPEECH: "tts_timeout_s = 4\n", HEARING: "stt_timeout_s = 4\n"}
    (folder / "settings.toml").write_text(f"version = 2\n[limits]\n{limits.get(stalling, '')}")


def failing(path: str, answer: Callable[[], Answer]) -> Callable[[Request], Answer]:
    return lambda request: answer() if request.path == path else models().answer(request)


def only_sentences(errors: str) -> None:
    assert errors.strip() and "Traceback" not in errors and len(errors.splitlines()) <= 3


@pytest.mark.parametrize(
    ("fault", "as_lines"), [*((fault, False) for fault in FAULTS), *((fault, True) for fault in FOR_PROGRAMS)]
)
async def test_a_typed_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, as_lines: bool) -> None:
    settings(tmp_path / "profile", FAULTS[fault][0] if "stalls" in fault or "never" in fault else "")
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
    settings(tmp_path / "profile", HEARING)
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
