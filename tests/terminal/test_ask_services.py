"""`voicegui ask` as a process, with services: all three stages, mixes with this machine, and what goes wrong."""

import asyncio
import json
import sys
import wave
from pathlib import Path

import pytest

from tests.openai_server.behaving import Models
from tests.openai_server.server import Answer, Request, as_json, serving
from tests.planted import PLANTED, assert_nowhere

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("smallest_model_file")]

QUESTION = Path(__file__).parent.parent / "speech" / "question-01.wav"
WORDS = "what is the tallest mountain in Europe"
ALL = ("--stt", "openai", "--llm", "openai", "--tts", "openai")


def models() -> Models:
    return Models(WORDS, samples=30_000)


async def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, *options: object) -> tuple[int, str, str]:
    """Exit code, output, errors. The key is found nowhere but in the requests."""
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_API_KEY", PLANTED)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path / "profile"), "ask", *map(str, options)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(120):
        output, errors = await process.communicate()
    assert_nowhere(tmp_path / "profile", output.decode(), errors.decode())
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_a_service_for_every_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = tmp_path / "answer.wav"
    async with serving(models().answer) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, QUESTION, *ALL, "--json", "--save", answer)
    assert code == 0, errors
    turn = json.loads(output.splitlines()[-1])
    assert turn["user"] == WORDS
    assert turn["assistant"] == "I am fine, thank you."
    assert all(ms is not None for ms in turn["timings_ms"].values())
    with wave.open(str(answer)) as file:
        assert file.getnframes() / file.getframerate() > 0.5


async def test_this_machine_hears_and_speaks_for_a_model_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, QUESTION, "--llm", "openai", "--json")
    assert code == 0, errors
    turn = json.loads(output.splitlines()[-1])
    assert "tallest mountain" in turn["user"].lower()
    assert turn["assistant"] == "I am fine, thank you."


async def test_a_service_speaks_for_the_model_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model: str
) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "Say hello.", "--llm", smallest_model, "--tts", "openai"
        )
    assert code == 0, errors
    assert "Agent: " in output


async def test_servers_for_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        urls = [word for stage in ("stt", "llm", "tts") for word in (f"--{stage}-url", server.url)]
        nobody = "http://127.0.0.1:9/v1"
        code, output, errors = await ask(tmp_path, monkeypatch, nobody, "--text", "How are you?", *ALL, *urls)
        assert code == 0, errors
        assert "Agent: I am fine, thank you." in output
        assert not (tmp_path / "profile" / "settings.toml").exists(), "for this run only"
    code, _, errors = await ask(tmp_path, monkeypatch, nobody, "--text", "hi", "--llm-url", "localhost:1234")
    assert code == 2 and "It looks like http://localhost:1234/v1" in errors


async def test_a_wrong_key_is_said_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request) -> Answer:
        told = {"message": f"Incorrect API key provided: {PLANTED}", "code": "invalid_api_key"}
        return as_json({"error": told}, status=401)

    async with serving(refuse) as server:
        code, _, errors = await ask(tmp_path, monkeypatch, server.url, "--text", "hi", *ALL)
    assert code == 4
    assert "key" in errors and "settings" in errors


async def test_a_server_that_is_not_there_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        url = server.url
    code, _, errors = await ask(tmp_path, monkeypatch, url, "--text", "hi", *ALL)
    assert code == 4
    assert "Traceback" not in errors and len(errors.strip().splitlines()) == 1


async def test_a_model_that_has_ended_names_its_successor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [{"id": "whisper-1", "shutdown_date": "2020-01-01"}, {"id": "gpt-6-luna", "shutdown_date": None}]

    def answer(request: Request) -> Answer:
        return as_json({"data": listed}) if request.path == "/v1/models" else models().answer(request)

    async with serving(answer) as server:
        code, _, errors = await ask(tmp_path, monkeypatch, server.url, QUESTION, "--stt", "openai:whisper-1", *ALL[2:])
    assert code == 4
    assert "whisper-1" in errors and "gpt-transcribe" in errors


async def test_a_real_llama_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path
) -> None:
    command = [sys.executable, "-m", "tests.terminal.llama_server", str(smallest_model_file), PLANTED]
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    assert server.stdin and server.stdout
    try:
        async with asyncio.timeout(60):
            address = (await server.stdout.readline()).decode().strip()
        profile = tmp_path / "profile"
        profile.mkdir()
        (profile / "settings.toml").write_text(
            f'version = 2\n[services]\nllm = "llamacpp"\nllm_url = "{address}/v1"\n[limits]\nmax_tokens = 24\n'
        )
        monkeypatch.setenv("LLAMA_API_KEY", PLANTED)
        code, output, errors = await ask(tmp_path, monkeypatch, "http://127.0.0.1:9/v1", "--text", "Say hello.")
    finally:
        server.stdin.close()
        await server.wait()
    assert code == 0, errors
    assert any(letter.isalpha() for letter in output.partition("Agent: ")[2])
