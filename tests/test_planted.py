"""No key in a file, a log, a traceback, what is printed or the JSON lines."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.planted import PLANTED, assert_nowhere, found_in

PROGRAM = """
import asyncio, logging, sys, threading
from pathlib import Path
from keyring.errors import KeyringLocked

from voicegui.core.keys import Secret
from voicegui.core.settings import Settings
from voicegui.storage import settings_file as settings
from voicegui.storage.keys import KeyStore
from voicegui.storage.log import start_log
from voicegui.storage.profile import open_profile
from voicegui.storage.system_keyring import SystemKeyring

profile = open_profile(Path(sys.argv[1]))
start_log(profile.log_file, logging.DEBUG)
planted = sys.stdin.read()

class Chatty:
    def get_password(self, service, username):
        raise KeyringLocked(f"cannot show {planted}")
    set_password = delete_password = lambda self, *arguments: self.get_password(*arguments[:2])

async def main():
    keys = KeyStore(SystemKeyring(Chatty), {})
    state = await keys.set("openai", Secret(planted))
    secret = await keys.get("openai")
    assert secret.reveal() == planted
    print(state, secret, keys.notice(), vars(keys))
    logging.getLogger("voicegui").warning("%s %r %s", secret, secret, state)
    logging.getLogger("httpx").warning("GET / Authorization: Bearer %s", planted)
    asyncio.get_running_loop().call_exception_handler({"message": planted, "secret": secret})
    settings.save_settings(profile.settings_file, Settings())
    def fail():
        raise ValueError(f"bad header {planted} {secret}")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    lost = asyncio.create_task(asyncio.to_thread(fail))
    await asyncio.wait([lost])
    del lost
    raise ConnectionError(planted)

asyncio.run(main())
"""


def test_a_program_that_does_everything_wrong_leaks_no_key(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], input=PLANTED, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1 and "Only for this session" in done.stdout, done.stderr
    assert "ConnectionError: [key]" in done.stderr and "ValueError: bad header [key]" in done.stderr
    text = (tmp_path / "logs" / "voicegui.log").read_text()
    assert "httpx: a message at " in text and "Bearer" not in text
    assert_nowhere(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize("planted", [PLANTED, f"{PLANTED}\nX: y"], ids=["well", "with a line break"])
@pytest.mark.parametrize("arguments", [("ask", "--json", "--text", "hi", "--llm", "nobody:x"), ("doctor",)])
def test_the_command_line_shows_no_key(tmp_path: Path, arguments: tuple[str, ...], planted: str) -> None:
    variables = dict.fromkeys(("OPENAI_API_KEY", "GROQ_API_KEY"), planted)
    (tmp_path / "settings.toml").write_text('version = 2\n[appearance]\ntheme = "pink"\n')
    done = subprocess.run(
        [sys.executable, "-m", "voicegui", *arguments, "--profile", tmp_path],
        env={**os.environ, **variables, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "theme" in done.stderr  # it got as far as reading the profile
    if "--json" in arguments:
        assert all(json.loads(line)["type"] for line in done.stdout.splitlines())
    else:
        assert ("groq: From GROQ_API_KEY" if planted == PLANTED else "groq: GROQ_API_KEY contains") in done.stdout
    assert_nowhere(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "leak",
    [
        PLANTED.encode(),
        f"…{PLANTED[-20:]}".encode(),
        PLANTED[:32].encode(),
        PLANTED.encode("utf-16-le"),
        quote(f"Bearer {PLANTED}").encode(),
        *(base64.b64encode(b"x" * shift + PLANTED.encode()) for shift in range(3)),
    ],
)
def test_a_leak_is_found(tmp_path: Path, leak: bytes) -> None:
    assert found_in(b"before " + leak + b" after")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "file").write_bytes(leak)
    with pytest.raises(AssertionError):
        assert_nowhere(tmp_path)
