"""`voicegui ask` as a process: exit codes and output, with the real models where an answer is needed."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

SPEECH = Path(__file__).parent.parent / "speech"


def run(*arguments, profile):
    command = [sys.executable, "-m", "voicegui", *map(str, arguments), "--profile", str(profile)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def write(path, samples, rate=16_000):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def test_without_arguments_of_ask_the_usage_is_shown(tmp_path):
    done = run("ask", profile=tmp_path)
    assert done.returncode == 2 and "usage" in done.stderr


def test_a_missing_file_is_said_plainly(tmp_path):
    done = run("ask", tmp_path / "none.wav", profile=tmp_path)
    assert done.returncode == 2
    assert "none.wav" in done.stderr and "Traceback" not in done.stderr


def test_an_unknown_provider_names_the_known_ones(tmp_path):
    done = run("ask", "--text", "hi", "--llm", "nobody:x", profile=tmp_path)
    assert done.returncode == 2 and "local" in done.stderr


def test_a_missing_model_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEGUI_MODELS", str(tmp_path / "empty"))
    done = run("ask", "--text", "hi", profile=tmp_path)
    assert done.returncode == 4 and "voicegui models get" in done.stderr


def test_what_was_saved_before_stays_when_the_models_are_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEGUI_MODELS", str(tmp_path / "empty"))
    saved = write(tmp_path / "answer.wav", np.ones(100))
    before = saved.read_bytes()
    assert run("ask", "--text", "hi", "--save", saved, profile=tmp_path).returncode == 4
    assert saved.read_bytes() == before


@pytest.mark.parametrize(("command", "code"), [("models list", 4), ("devices", 4)])
def test_an_output_that_cannot_be_written_is_said(tmp_path, command, code):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "voicegui", "--profile", str(tmp_path), *command.split()],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == code and "Traceback" not in done.stderr and done.stderr.count("\n") == 1


def test_a_list_that_nobody_reads_to_its_end_is_no_defect(tmp_path):
    command = f"'{sys.executable}' -m voicegui --profile '{tmp_path}' models list | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() in ("0", "141") and done.stderr == ""


@pytest.mark.slow
def test_a_recorded_question_is_answered(tmp_path, smallest_model):
    answer, timeline = tmp_path / "answer.wav", tmp_path / "timeline.wav"
    question = SPEECH / "question-01.wav"
    options = ("--llm", smallest_model, "--json", "--save", answer, "--timeline", timeline)
    done = run("ask", question, *options, profile=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds[0] == "ready" and kinds[-1] == "turn"
    for kind in ("state", "speech_started", "speech_ended", "transcript", "sentence", "playback_started"):
        assert kind in kinds
    assert all(before["t_ms"] <= after["t_ms"] for before, after in zip(lines, lines[1:], strict=False))
    turn = lines[-1]
    assert "tallest mountain" in turn["user"].lower() and turn["assistant"]
    timings = turn["timings_ms"]
    assert list(timings) == ["end_of_turn", "stt", "first_token", "first_sentence", "voice_to_voice"]
    assert 0 < timings["stt"] < timings["first_token"] <= timings["first_sentence"] < timings["voice_to_voice"]
    with wave.open(str(timeline)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 16_000)
        left, right = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T
    heard_at, answered_at = np.flatnonzero(abs(left) > 1000), np.flatnonzero(abs(right) > 330)
    assert answered_at[0] > heard_at[-1], "it answered before the question was over"
    with wave.open(str(answer)) as file:
        assert file.getnframes() / file.getframerate() > 0.3


@pytest.mark.slow
def test_silence_and_noise_are_no_question(tmp_path, smallest_model):
    silence = write(tmp_path / "silence.wav", np.zeros(16_000))
    done = run("ask", silence, "--llm", smallest_model, profile=tmp_path)
    assert (done.returncode, done.stdout) == (3, "") and "No speech" in done.stderr


@pytest.mark.slow
def test_a_typed_question_is_answered(tmp_path, smallest_model):
    done = run("ask", "--text", "Say hello.", "--llm", smallest_model, profile=tmp_path)
    assert done.returncode == 0 and "Agent: " in done.stdout
