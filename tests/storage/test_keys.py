import asyncio
import contextlib
import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.backends.SecretService import Keyring as SecretService
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError, PasswordSetError

from tests.storage.scripted_keyring import ScriptedKeyring
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import KeyPlace, Keys, KeyState, Secret
from voicegui.storage.keys import RESPECT_S, KeyStore
from voicegui.storage.serial_thread import SerialThread
from voicegui.storage.system_keyring import SystemKeyring, find_backend, of_ours

FIRST, SECOND = "-".join(("sk", "first", "planted")), "-".join(("sk", "second", "planted"))
FROM_ENVIRONMENT = "-".join(("sk", "environment", "planted"))

IN_KEYRING = KeyState("openai", KeyPlace.KEYRING, "In the keyring")
ONLY_NOW = KeyState("openai", KeyPlace.MEMORY, "Only for this session")
FROM_VARIABLE = KeyState("openai", KeyPlace.ENVIRONMENT, "From OPENAI_API_KEY")
NO_KEY = KeyState("openai", None, "No key")


@pytest.fixture
def backend() -> Iterator[ScriptedKeyring]:
    scripted = ScriptedKeyring()
    yield scripted
    scripted.check()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def environment() -> dict[str, str]:
    return {}


@pytest.fixture
def keys(backend: ScriptedKeyring, environment: dict[str, str], clock: Clock) -> Keys:
    return KeyStore(SystemKeyring(lambda: backend), environment, clock=clock)


# ---------------------------------------------------------------- a keyring that works


async def test_a_key_is_set_read_replaced_and_deleted(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.reads("openai", None)
    assert await keys.get("openai") is None
    backend.writes("openai", FIRST)
    assert await keys.set("openai", Secret(f" {FIRST}\n")) == IN_KEYRING
    backend.writes("openai", SECOND)
    assert await keys.set("openai", Secret(SECOND)) == IN_KEYRING
    backend.reads("openai", SECOND)
    assert await keys.get("openai") == Secret(SECOND)
    backend.reads("openai", SECOND)
    backend.erases("openai")
    backend.reads("openai", None)
    backend.reads("openai", None)
    assert await keys.delete("openai") == NO_KEY
    assert keys.notice() == ""
    assert backend.threads == {"keyring"} != {threading.current_thread().name}


async def test_every_service_has_a_key_of_its_own(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.writes("groq", FIRST)
    assert await keys.set("groq", Secret(FIRST)) == KeyState("groq", KeyPlace.KEYRING, "In the keyring")
    backend.reads("openai", None)
    assert await keys.state("openai") == NO_KEY


async def test_deleting_what_is_not_there_is_well(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.reads("openai", None)
    backend.reads("openai", None)
    assert await keys.delete("openai") == NO_KEY


@pytest.mark.parametrize("refusal", [None, PasswordDeleteError(FIRST)], ids=["silently", "with an error"])
async def test_a_key_that_stays_after_deleting_is_told(
    backend: ScriptedKeyring, keys: Keys, refusal: Exception | None
) -> None:
    backend.reads("openai", FIRST)
    backend.erases("openai", refusal)
    backend.reads("openai", FIRST)
    with pytest.raises(VoiceError) as failed:
        await keys.delete("openai")
    assert failed.value.code is ErrorCode.KEYRING_FAILED
    assert failed.value.message == "The keyring refused. The key in it could not be deleted."
    assert keys.notice() == ""  # it can be used all the same
    backend.reads("openai", FIRST)
    assert await keys.state("openai") == IN_KEYRING


async def test_what_was_entered_wins_over_the_environment(
    backend: ScriptedKeyring, keys: Keys, environment: dict[str, str]
) -> None:
    environment["OPENAI_API_KEY"] = FROM_ENVIRONMENT
    backend.reads("openai", None)
    assert await keys.state("openai") == FROM_VARIABLE
    backend.writes("openai", FIRST)
    await keys.set("openai", Secret(FIRST))
    backend.reads("openai", FIRST)
    assert await keys.get("openai") == Secret(FIRST)
    backend.reads("openai", FIRST)
    backend.erases("openai")
    backend.reads("openai", None)
    backend.reads("openai", None)
    assert await keys.delete("openai") == FROM_VARIABLE


# ---------------------------------------------------------------- keys that are none


async def test_a_broken_key_is_refused_and_the_old_one_stays(backend: ScriptedKeyring, keys: Keys) -> None:
    with pytest.raises(VoiceError) as refused:  # the backend is not called
        await keys.set("openai", Secret(f"{FIRST}\n{FIRST}"))
    assert refused.value.code is ErrorCode.BAD_KEY and FIRST not in refused.value.message


@pytest.mark.parametrize("where", ["environment", "keyring"])
async def test_a_broken_key_says_where_it_is(
    backend: ScriptedKeyring, keys: Keys, environment: dict[str, str], where: str
) -> None:
    broken = f"{FIRST}\r\n{SECOND}"
    if where == "environment":
        environment["OPENAI_API_KEY"] = broken
    for _ in range(2):
        backend.reads("openai", broken if where == "keyring" else None)
    state = await keys.state("openai")
    with pytest.raises(VoiceError) as refused:
        await keys.get("openai")
    assert refused.value.code is ErrorCode.BAD_KEY and refused.value.message == state.detail
    assert ("OPENAI_API_KEY" if where == "environment" else "in the keyring") in state.detail
    assert state.place == where and FIRST not in repr(state)


async def test_an_empty_variable_is_no_key(backend: ScriptedKeyring, keys: Keys, environment: dict[str, str]) -> None:
    environment["OPENAI_API_KEY"] = " \n"
    backend.reads("openai", None)
    assert await keys.state("openai") == NO_KEY


# ---------------------------------------------------------------- a keyring that does not work

FAILURES = pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (NoKeyringError(FIRST), "There is no keyring that voicegui can use"),
        (InitError(FIRST), "The keyring cannot be opened"),
        (KeyringLocked(FIRST), "The keyring is locked"),
        (PasswordSetError(FIRST), "The keyring failed (PasswordSetError)"),
        (ConnectionResetError(FIRST), "The keyring failed (ConnectionResetError)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)


@FAILURES
async def test_without_a_keyring_the_environment_is_used_and_said(
    backend: ScriptedKeyring, keys: Keys, environment: dict[str, str], failure: Exception, sentence: str
) -> None:
    environment["OPENAI_API_KEY"] = FROM_ENVIRONMENT
    backend.reads("openai", failure)
    assert await keys.get("openai") == Secret(FROM_ENVIRONMENT)
    assert await keys.state("openai") == FROM_VARIABLE
    assert keys.notice().startswith(f"{sentence}, so keys you enter are kept only until voicegui ends. ")


@FAILURES
async def test_a_key_that_cannot_be_stored_is_kept_for_this_session(
    backend: ScriptedKeyring, keys: Keys, environment: dict[str, str], failure: Exception, sentence: str
) -> None:
    environment["OPENAI_API_KEY"] = FROM_ENVIRONMENT
    backend.writes("openai", FIRST, failure)
    assert await keys.set("openai", Secret(FIRST)) == ONLY_NOW
    assert await keys.state("openai") == ONLY_NOW
    assert await keys.get("openai") == Secret(FIRST)
    assert keys.notice()
    backend.reads("openai", failure)
    assert await keys.delete("openai") == FROM_VARIABLE


async def test_deleting_from_a_locked_keyring_is_not_claimed(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.reads("openai", KeyringLocked())
    with pytest.raises(VoiceError) as failed:
        await keys.delete("openai")
    assert failed.value.code is ErrorCode.KEYRING_FAILED and failed.value.retryable
    assert failed.value.message == "The keyring is locked. The key in it could not be deleted."


async def test_without_any_keyring_there_is_nothing_to_delete(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.reads("openai", NoKeyringError())
    assert await keys.delete("openai") == NO_KEY


async def test_a_dismissed_prompt_does_not_come_back_at_once(
    backend: ScriptedKeyring, keys: Keys, clock: Clock
) -> None:
    backend.reads("openai", KeyringLocked())
    assert await asyncio.gather(*(keys.get(service) for service in ("openai", "groq", "openai"))) == [None] * 3
    clock.now += RESPECT_S
    backend.reads("openai", FIRST)
    assert await keys.get("openai") == Secret(FIRST)
    assert keys.notice() == ""


async def test_setting_a_key_asks_a_locked_keyring_again(backend: ScriptedKeyring, keys: Keys) -> None:
    backend.reads("openai", KeyringLocked())
    assert await keys.state("openai") == NO_KEY
    backend.writes("openai", FIRST)
    assert await keys.set("openai", Secret(FIRST)) == IN_KEYRING
    assert keys.notice() == ""


async def test_errors_of_a_keyring_never_repeat_its_words(
    backend: ScriptedKeyring, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    backend.reads("openai", OSError(f"cannot send {FIRST}"))
    with pytest.raises(VoiceError) as failed:
        await keys.delete("openai")
    shown = "".join(traceback.format_exception(failed.value)) + failed.value.message + failed.value.hint
    assert FIRST not in shown + keys.notice() + caplog.text
    assert "OSError" in caplog.text


# ---------------------------------------------------------------- a keyring that hangs


class Hang:
    """A call that returns when it is told to."""

    def __init__(self, result: object = None) -> None:
        self._result, self._end, self.begun = result, threading.Event(), threading.Event()

    def __call__(self) -> object:
        self.begun.set()
        self._end.wait()
        return self._result

    def end(self) -> None:
        self._end.set()


@pytest.fixture
def thread() -> SerialThread:
    return SerialThread("keyring", timeout_s=0.01)


@pytest.fixture
def impatient(backend: ScriptedKeyring, environment: dict[str, str], clock: Clock, thread: SerialThread) -> KeyStore:
    return KeyStore(SystemKeyring(lambda: backend), environment, clock=clock, thread=thread)


async def until_it_answered(thread: SerialThread) -> None:
    while thread.hangs:  # noqa: ASYNC110  the last step of a thread, which tells nobody
        await asyncio.sleep(0)
    thread.timeout_s = 60


async def test_a_keyring_that_hangs_is_said_and_asked_again_when_it_has_answered(
    backend: ScriptedKeyring, impatient: KeyStore, thread: SerialThread, environment: dict[str, str]
) -> None:
    environment["OPENAI_API_KEY"] = FROM_ENVIRONMENT
    hang = Hang()
    backend.reads("openai", hang)
    assert await impatient.get("openai") == Secret(FROM_ENVIRONMENT)
    assert impatient.notice().startswith("The keyring does not answer, so keys you enter are kept only")
    assert await impatient.get("openai") == Secret(FROM_ENVIRONMENT)  # it is not called while it hangs
    assert await impatient.set("openai", Secret(FIRST)) == ONLY_NOW
    hang.end()
    await until_it_answered(thread)
    backend.reads("openai", None)
    assert await impatient.state("openai") == ONLY_NOW
    assert impatient.notice()  # the key is still kept for this session only
    backend.writes("openai", FIRST)
    assert await impatient.set("openai", Secret(FIRST)) == IN_KEYRING
    assert impatient.notice() == ""


async def test_a_key_that_was_stored_late_is_known_to_be_in_the_keyring(
    backend: ScriptedKeyring, impatient: KeyStore, thread: SerialThread
) -> None:
    hang = Hang()
    backend.writes("openai", FIRST, hang)
    assert await impatient.set("openai", Secret(FIRST)) == ONLY_NOW
    hang.end()
    await until_it_answered(thread)
    backend.reads("openai", FIRST)
    assert await impatient.state("openai") == IN_KEYRING


async def test_who_stops_waiting_does_not_spoil_the_next_call(backend: ScriptedKeyring, keys: Keys) -> None:
    hang = Hang()
    backend.reads("openai", hang)
    first = asyncio.create_task(keys.get("openai"))
    await asyncio.to_thread(hang.begun.wait)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    backend.reads("openai", FIRST)
    second = asyncio.create_task(keys.get("openai"))
    hang.end()
    assert await second == Secret(FIRST)


HANGING_PROGRAM = """
import asyncio, threading
from voicegui.storage.keys import KeyStore
from voicegui.storage.serial_thread import SerialThread
from voicegui.storage.system_keyring import SystemKeyring

class Hanging:
    def get_password(self, service, username):
        threading.Event().wait()

async def main():
    keys = KeyStore(SystemKeyring(Hanging), {}, thread=SerialThread("keyring", 0.01))
    print(await keys.state("openai"), keys.notice())

asyncio.run(main())
"""


def test_a_keyring_that_hangs_keeps_no_program_from_ending() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING_PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "No key" in done.stdout and "does not answer" in done.stdout


# ---------------------------------------------------------------- which keyring


class PlainText(KeyringBackend):
    """Stands for the file of `keyrings.alt`."""

    priority = 0.5

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("a plain-text file was read")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a plain-text file was written")


PlainText.__module__ = "keyrings.alt.file"


@pytest.fixture
def configured() -> Iterator[None]:
    """Whatever keyring this machine has comes back."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.parametrize("refused", [fail.Keyring, null.Keyring, PlainText], ids=lambda kind: kind.__module__)
@pytest.mark.usefixtures("configured")
async def test_a_keyring_that_does_not_encrypt_is_refused(refused: type[KeyringBackend]) -> None:
    keyring.set_keyring(refused())
    keys = KeyStore(environment={})
    assert await keys.set("openai", Secret(FIRST)) == ONLY_NOW
    assert await keys.get("openai") == Secret(FIRST)
    assert keys.notice().startswith("There is no keyring that voicegui can use")


@pytest.mark.usefixtures("configured")
def test_of_several_keyrings_the_first_that_encrypts_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    safe = SecretService()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", (PlainText(), safe))
    keyring.set_keyring(chainer.ChainerBackend())
    assert find_backend() is safe
    monkeypatch.setattr(chainer.ChainerBackend, "backends", (PlainText(),))
    with pytest.raises(NoKeyringError):
        find_backend()


class Item:
    """An entry of a Secret Service."""

    def __init__(self, secret: bytes, modified: int, application: str = "ours") -> None:
        self._secret, self._modified, self._application = secret, modified, application

    def get_attributes(self) -> dict[str, str]:
        return {"application": self._application}

    def get_modified(self) -> int:
        return self._modified

    def get_secret(self) -> bytes:
        return self._secret


@pytest.mark.parametrize(
    ("items", "key"),
    [
        ([Item(b"\xff\xfe", 2), Item(b"old", 1)], "old"),
        ([Item(b"\xff\xfe", 2, "another"), Item(b"mine", 1)], "mine"),
        ([Item(b"mine", 1), Item(b"\x80", 5, "another")], "mine"),
        ([Item(b"\xff\xfe", 2)], None),
        ([Item(b"\xff", 2, "another"), Item(b"theirs", 1, "another")], "theirs"),
        ([Item(b"new", 9), Item(b"\xff", 2), Item(b"old", 1)], "new"),
        ([Item("clé".encode("latin-1"), 2), Item("clé".encode(), 1)], "clé"),
    ],
)
def test_an_entry_that_is_no_text_blocks_no_key(items: list[Item], key: str | None) -> None:
    class Collection:
        def __init__(self) -> None:
            self.connection = contextlib.ExitStack()

        def search_items(self, wanted: dict[str, str]) -> list[Item]:
            assert wanted == {"service": "voicegui", "username": "openai"}
            return items

    class Backend:
        appid = "ours"

        def get_preferred_collection(self) -> Collection:
            return Collection()

        def unlock(self, item: Item) -> None:
            assert item in items

    assert of_ours(Backend(), "openai") == key


async def test_an_entry_that_is_no_text_can_be_replaced_and_deleted(backend: ScriptedKeyring, keys: Keys) -> None:
    broken = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    backend.reads("openai", broken)
    assert await keys.get("openai") is None
    backend.reads("openai", broken)
    backend.erases("openai")
    backend.reads("openai", None)
    backend.reads("openai", None)
    assert await keys.delete("openai") == NO_KEY
