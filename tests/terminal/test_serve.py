"""`voicegui serve` as a command: who may listen, which key, how it begins and ends."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

KEY = "0123456789abcdefghijklmnop"
PATIENCE_S = 120.0


def serve(profile: Path, *arguments: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voicegui", "--profile", str(profile), "serve", "--port", "0", *arguments]
    environment = {**os.environ, "VOICEGUI_SERVER_KEY": key}
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=environment, check=False)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--host", "0.0.0.0"], 2, "Other machines could reach 0.0.0.0."),
        (["--host", "::"], 2, "Other machines could reach ::."),
        (["--host", "192.168.1.2"], 2, "--lan"),
        (["--host", "0.0.0.0", "--lan"], 2, "Without encryption everybody in the network could listen"),
        (["--port", "65536"], 2, "is no port"),
        (["--port", "-1"], 2, "port"),
        (["--port", "x"], 2, "is no port"),
        (["--key-file", "/nowhere/key"], 2, "cannot be read"),
        (["--host", "127.0.0.1 "], 2, "Other machines could reach"),
        (["--certificate", "/nowhere/c.pem"], 2, "The certificate or its key cannot be used"),
        (["--certificate", __file__], 2, "The certificate or its key cannot be used"),
        (["--private-key", __file__], 2, "A private key is of no use without its certificate."),
    ],
)
def test_what_would_let_the_wrong_people_in_is_refused(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    done = serve(tmp_path, *arguments)
    assert done.returncode == code and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "key", ["hunter2", "with space in the middle of it", "ключ" * 10, "tab\tin the key of 22 chars"]
)
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    done = serve(tmp_path, key=key)
    assert done.returncode == 4 and "The server's key" in done.stderr and key not in done.stderr


def test_the_key_comes_from_the_file_or_the_environment_and_is_only_shown_when_asked(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY[::-1] + "\n")
    assert serve(tmp_path, "--show-key").stdout == KEY + "\n"
    assert serve(tmp_path, "--show-key", "--key-file", str(tmp_path / "key")).stdout == KEY[::-1] + "\n"


def test_a_port_that_is_taken_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = serve(tmp_path, "--port", port)
    assert done.returncode == 2 and f"Nothing can listen at 127.0.0.1:{port}" in done.stderr
    assert "Loading" not in done.stderr


@pytest.mark.slow
async def test_it_serves_with_the_models_of_this_machine_and_ends_when_told(
    tmp_path: Path, smallest_model: str
) -> None:
    command = [
        sys.executable,
        "-m",
        "voicegui",
        "--profile",
        str(tmp_path),
        "--llm",
        smallest_model,
        "serve",
        "--port",
        "0",
    ]
    environment = {**os.environ, "VOICEGUI_SERVER_KEY": KEY}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=environment)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode()
    url = line.split()[-1].rstrip(".")
    async with connect(f"{url}?mode=push_to_talk", additional_headers={"Authorization": f"Bearer {KEY}"}) as client:
        await client.send(json.dumps({"type": "text", "text": "Say hello."}))
        kinds = set[str]()
        while "turn" not in kinds:
            message = await asyncio.wait_for(client.recv(), PATIENCE_S)
            kinds.add("sound" if isinstance(message, bytes) else json.loads(message)["type"])
        assert {"session", "reply", "audio", "sound", "audio_end"} <= kinds
        process.send_signal(signal.SIGTERM)
        await client.wait_closed()
        assert client.close_code == 1012
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    log = "".join(each.read_text() for each in tmp_path.rglob("*.log*"))
    assert KEY not in log and "hello" not in log.lower()
    assert not list(tmp_path.rglob("*.sqlite*")), "a remote conversation was kept"
