"""Whatever keys, settings, the database and the profile give to say is looked up, to its last word."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from tests.pseudo_language import PSEUDO, own_words
from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from tests.storage.scripted_keyring import ScriptedKeyring
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Noticed
from voicegui.core.keys import Secret
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import use_translations
from voicegui.storage import settings_file
from voicegui.storage.database import Database
from voicegui.storage.keys import KeyStore
from voicegui.storage.profile import Profile, ProfileInUse, open_profile
from voicegui.storage.rescue import _NOUNS, rescue
from voicegui.storage.settings_file import StoredSettings, wanted_value
from voicegui.storage.sqlite_errors import database_damaged, database_error, hangs, too_new
from voicegui.storage.system_keyring import SystemKeyring, no_answer

pytestmark = pytest.mark.usefixtures("in_pieces")


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("error", [NoKeyringError(), KeyringLocked(), InitError(), OSError("secret")])
async def test_a_keyring_that_cannot_be_used(error: Exception) -> None:
    def find() -> ScriptedKeyring:
        raise error

    keys = KeyStore(SystemKeyring(find), {})
    told = [(await keys.set("openai", Secret("sk-1"))).detail, keys.notice(), (await keys.state("openai")).detail]
    assert not any(not_looked_up(text, "OSError") for text in told) and all(told)
    if not isinstance(error, NoKeyringError):  # then there is nothing to delete
        with pytest.raises(VoiceError) as caught:
            await KeyStore(SystemKeyring(find), {}).delete("openai")
        assert not_looked_up(caught.value.message, "OSError") == not_looked_up(caught.value.hint) == ""
        assert caught.value.written.endswith("The key in it could not be deleted.") and "⟦" not in caught.value.written
    assert not_looked_up(no_answer().message) == not_looked_up(no_answer().notice.shown()) == ""


@pytest.mark.parametrize("kept", ["sk-1", "a b"])
async def test_where_a_key_is(kept: str) -> None:
    backend = ScriptedKeyring()
    for outcome in (kept, kept, None, None):
        backend.reads("openai", outcome)
    environment = {"OPENAI_API_KEY": kept}
    keys = KeyStore(SystemKeyring(lambda: backend), environment)
    details = [(await keys.state("openai")).detail]
    for ask in (keys.get, keys.get):  # of the keyring, then of the environment
        try:
            await ask("openai")
        except VoiceError as error:
            details.append(error.message)
    details.append((await keys.state("openai")).detail)
    del environment["OPENAI_API_KEY"]
    backend.reads("openai", None)
    details.append((await keys.state("openai")).detail)
    assert not any(not_looked_up(text, "OPENAI_API_KEY") for text in details) and all(details)


async def test_a_keyring_that_keeps_what_should_go() -> None:
    backend = ScriptedKeyring()
    backend.reads("openai", "sk-1")
    backend.erases("openai")
    backend.reads("openai", "sk-1")
    with pytest.raises(VoiceError) as caught:
        await KeyStore(SystemKeyring(lambda: backend), {}).delete("openai")
    assert not_looked_up(caught.value.message) == not_looked_up(caught.value.hint) == ""


# ---------------------------------------------------------------- the database

CODES = [
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT,
]  # fmt: skip


def errors_of(path: Path) -> list[VoiceError]:
    found: list[sqlite3.Error | OSError] = [OSError(errno.ENOSPC, "full"), OSError(errno.EACCES, "denied")]
    for code in CODES:
        error = sqlite3.OperationalError("secret")
        error.sqlite_errorcode = code
        found.append(error)
    return [*(database_error(each, path) for each in found), hangs(path), too_new(path), database_damaged(path)]


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    for error in errors_of(path):
        for text in (error.message, error.hint):
            assert text and not_looked_up(text, path, "OperationalError") == ""


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 0, 0), (2, 1, 0), (0, 1, 3), (1, 1, 1), (2, 3, 4)])
def test_what_could_be_read(counts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def count(connection: sqlite3.Connection, table: str) -> int:
        asked.append(table)
        return dict(zip(_NOUNS, counts, strict=True))[table] if len(asked) > len(_NOUNS) else 0

    monkeypatch.setattr("voicegui.storage.rescue._count", count)
    with closing(sqlite3.connect(":memory:")) as connection:
        saved = rescue([], connection)
    assert not_looked_up(saved.shown()) == "" and "⟦" not in saved.written()
    if counts == (2, 1, 0):
        assert saved.written() == "2 facts and 1 reminder could be read and are still there; others may be lost."


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(b"no database" * 500)
    told: list[str] = []
    database = Database(path, told.append)
    await database.read(lambda connection: None)
    await database.aclose()
    [aside] = tmp_path.glob("v-damaged-*.db")
    assert len(told) == 1 and not_looked_up(told[0], aside.name) == ""


# ---------------------------------------------------------------- settings

WRONG = [
    'version = 2\nvoice = "sk-proj-0123456789abcdefghijklmnopqrstuvwxyz0123"\n',
    "version = 2\nvolume = 7\n= 1\npatience = 1.0\n= 2\n= 3\n",
    "version = 2\n= 1\n",
    "= = =\n" * 99,
    "version = 2\nvoice_unknown = 1\n[voice]\npatience = 2.0\n[turn_taking]\npatience = 3.0\n",
    "version = 2\nservices = 4\n",
    *(f"version = 2\n{each.name} = {'true' if each.kind is not bool else '1'}\n" for each in declared()),
]


@pytest.mark.parametrize("content", WRONG)
def test_what_is_wrong_in_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content, encoding="utf-8")
    _, problems = settings_file.load_settings(path)
    assert problems
    use_translations(shown=PSEUDO)
    for problem in problems:
        assert own_words(problem.shown()) == "" and "⟦" not in problem.written()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    _, [problem] = settings_file.load_settings(tmp_path)
    assert not_looked_up(problem.shown(), tmp_path, "Is a directory", "Errno") == ""


def test_what_settings_have_to_be() -> None:
    for each in declared():
        for begins in (False, True):
            assert not_looked_up(wanted_value(each, begins=begins).shown(), each.example, *each.choices) == ""
        within, at_begin = wanted_value(each).written(), wanted_value(each, begins=True).written()
        assert within[:1].upper() + within[1:] == at_begin


async def test_settings_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: object, settings: Settings) -> None:
        raise OSError(errno.EROFS, "read only")

    monkeypatch.setattr(settings_file.SettingsStore, "write", fails)
    told: list[Event] = []
    await StoredSettings(Profile(tmp_path), Settings(), Settings(), told.append).write(Settings)
    [event] = told
    assert isinstance(event, Noticed) and not_looked_up(event.message) == ""


# ---------------------------------------------------------------- the profile


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_profile_that_keeps_nothing(tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, "secret")

    monkeypatch.setattr(Path, "mkdir", fails)
    assert not_looked_up(open_profile(tmp_path).problem.shown(), tmp_path) == ""
    assert not_looked_up(open_profile(Path("~/x")).problem.shown()) == ""


async def test_a_profile_that_another_program_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProfileInUse, "_acquire", lambda self, seconds: False)
    with pytest.raises(VoiceError) as caught:
        await ProfileInUse(Profile(tmp_path)).take()
    assert not_looked_up(caught.value.message) == ""
