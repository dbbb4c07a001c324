"""Attacks on what is kept: bytes of files, lines of the log, keys on their way, stamps of models."""

import asyncio
import hashlib
import logging
import os
import sqlite3
import sys
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from voicegui.core.errors import VoiceError
from voicegui.core.events import Timings, ToolCalled, ToolFinished, TurnDone, UserSaid
from voicegui.core.keys import Secret, check_way, redacted
from voicegui.core.tools import ToolCall
from voicegui.providers.catalogue.entries import read_models
from voicegui.providers.catalogue.verification import Stamps, is_verified
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.service import OPENAI
from voicegui.resource_files import resource
from voicegui.storage.conversations import StoredArchive
from voicegui.storage.database import Database
from voicegui.storage.erasing import rebuild_index
from voicegui.storage.facts import StoredFacts
from voicegui.storage.log import start_log
from voicegui.storage.recorder import Recorder
from voicegui.storage.reminders import StoredReminders

from .probe import Probe

SECRET = "Zwetschgenhaus behind Vermeerbild"
KEY = "sk-" + "planted0123456789"
_TRACES = [word.encode() for word in ("wetschgenh", "ermeerbil")]

Attack = Callable[[Path, Database], Coroutine[Any, Any, None]]


def _readable(folder: Path) -> list[str]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return [f"{each.name} holds it" for each in files if any(trace in each.read_bytes() for trace in _TRACES)]


def _on_bytes(attack: Attack) -> Callable[[], list[str]]:
    def run() -> list[str]:
        async def main(folder: Path) -> list[str]:
            database = Database(folder / "voicegui.db", lambda sentence: None)
            await attack(folder, database)
            succeeded = _readable(folder)  # while the program still runs, and afterwards
            await database.aclose()
            return succeeded + _readable(folder)

        with TemporaryDirectory() as name:
            return asyncio.run(main(Path(name)))

    return run


async def _forgotten(folder: Path, database: Database) -> None:
    facts = StoredFacts(database)
    for number in range(100):
        await facts.remember(f"Fact {number}: {'long ' * (number % 50)}")
    fact = await facts.remember(SECRET)
    await facts.recall("vermeerbild")
    await facts.forget(fact.id)


async def _cancelled(folder: Path, database: Database) -> None:
    reminders = StoredReminders(database)
    reminder = await reminders.add(SECRET * 300, 5.0)
    await reminders.cancel(reminder.id)


async def _told(folder: Path, database: Database) -> None:
    reminders = StoredReminders(database)
    reminder = await reminders.add(SECRET, 5.0)
    await reminders.announced(reminder.id)


async def _deleted(folder: Path, database: Database) -> None:
    recorder = Recorder(database, lambda error: None)
    recorder.receive(UserSaid(1, SECRET))
    recorder.receive(TurnDone(1, SECRET, f"You said {SECRET}.", Timings()))
    await recorder.aclose()

    def delete(connection: sqlite3.Connection) -> bool:
        connection.execute("DELETE FROM conversations")
        rebuild_index(connection, "messages")
        return True

    await database.erase(delete)


async def _put_aside(folder: Path, database: Database) -> None:
    await StoredFacts(database).remember(SECRET)
    await database.aclose()
    with (folder / "voicegui.db").open("r+b") as file:
        file.write(os.urandom(100))
    facts = StoredFacts(database)
    [fact] = await facts.recall()
    await facts.forget(fact.id)


def _tool(name: str) -> Attack:
    async def attack(folder: Path, database: Database) -> None:
        recorder = Recorder(database, lambda error: None)
        recorder.receive(UserSaid(1, "What does it say?"))
        recorder.receive(ToolCalled(1, ToolCall("1", name, f'{{"text": "{SECRET}"}}'), name))
        recorder.receive(ToolFinished(1, "1", True, SECRET, 0.1))
        recorder.receive(TurnDone(1, "What does it say?", "Nothing new.", Timings()))
        await recorder.aclose()
        assert await StoredArchive(database).search("zwetschgenhaus") == []

    return attack


@contextmanager
def _log() -> Iterator[Path]:
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning
    with TemporaryDirectory() as name:
        path = Path(name) / "voicegui.log"
        handler = start_log(path)
        try:
            yield path
        finally:
            logging.getLogger().removeHandler(handler)
            logging.getLogger("voicegui").setLevel(logging.NOTSET)
            handler.close()
            sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks


def _logged(attack: Callable[[], None]) -> Callable[[], list[str]]:
    def run() -> list[str]:
        with _log() as path:
            attack()
            text = path.read_text("utf-8") if path.exists() else ""
        return ["the log holds it"] if SECRET in text or KEY in text or not text else []

    return run


def _by_asyncio() -> None:
    async def main() -> None:
        context = {"message": SECRET, "exception": ValueError(SECRET)}
        asyncio.get_running_loop().call_exception_handler(context)

    asyncio.run(main())


def _by_a_warning() -> None:
    warnings.showwarning(UserWarning(SECRET), UserWarning, __file__, 1)


def _by_a_library() -> None:
    logging.getLogger("httpx2").warning("request %s", SECRET, exc_info=ValueError(SECRET))


def _by_a_cause() -> None:
    error = RuntimeError(SECRET)
    error.__cause__ = ValueError(SECRET)
    logging.getLogger("voicegui.x").error("it failed: %s", error, exc_info=error)


def _by_a_key() -> None:
    logging.getLogger("voicegui.x").error('{"api_key": "%s"}', KEY)


def _keys_in_texts() -> list[str]:
    secret = "hunter2hunter2"
    texts = [
        f'{{"password": "{secret}"}}', f"https://me:{secret}@host/", f"Authorization: Basic {secret}",
        f"x-api-key: {secret}",
        f"Cookie: id={secret}", f"https://h/?sig={secret}", f"token={secret}", f"ghp_{secret}", f"xoxb-{secret}",
    ]  # fmt: skip
    return [text for text in texts if secret in redacted(text)]


def _unencrypted() -> list[str]:
    succeeded = []
    for url in (
        "http://box/v1",
        "ws://box/v1",
        "http://evil.localhost/v1",
        "http://localhost@box/v1",
        "HTTP://127.0.0.1.box",
    ):
        try:
            check_way(url, {"127.0.0.1", "other"})
            succeeded.append(url)
        except VoiceError:
            continue
    return succeeded


def _key_on_the_wire() -> list[str]:
    import httpx2

    sent: list[str] = []

    class Wire(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            sent.append(f"{request.url} {request.headers.raw!r}")
            return httpx2.Response(307, headers={"location": "http://box/v1/models"}, request=request)

    async def main() -> None:
        for url in ("http://box/v1", "https://api.openai.com/v1"):
            client = OpenAIClient(replace(OPENAI.at(url), key=Secret(KEY)), transport=Wire())
            with suppress(Exception):  # each of them ends the attempt
                await client.start()
                await client.call(partial(_models, client))
            await client.aclose()

    async def _models(client: OpenAIClient) -> None:
        async with client.ask(None, "/models"):
            pass

    asyncio.run(main())
    assert sent, "nothing was tried"
    return [f"sent to {each.split()[0]}" for each in sent if "box" in each and KEY in each]


def _forged_stamp() -> list[str]:
    with TemporaryDirectory() as name:
        path = Path(name) / "model.gguf"
        path.write_bytes(b"evil")
        [first, *_] = read_models(resource("models.toml"))
        weights = replace(first.weights, size=4, sha256=hashlib.sha256(b"good").hexdigest())
        status = path.stat()
        for stamp in (f"{weights.sha256} 4 {status.st_mtime_ns}\n", weights.sha256):
            path.with_name("model.gguf.verified").write_text(stamp)
            if is_verified(path, weights, Stamps(Path(name) / "profile")):
                return ["a forged stamp is believed"]
    return []


PROBES: tuple[Probe, ...] = (
    Probe("a forgotten fact is read from the bytes", "database", _on_bytes(_forgotten)),
    Probe("a cancelled reminder is read from the bytes", "database", _on_bytes(_cancelled)),
    Probe("a told reminder is read from the bytes", "database", _on_bytes(_told)),
    Probe("a deleted conversation is read from the bytes", "database", _on_bytes(_deleted)),
    Probe("a forgotten fact is read from a file put aside", "database", _on_bytes(_put_aside)),
    Probe("the clipboard is read from the history", "database", _on_bytes(_tool("read_clipboard"))),
    Probe("a file is read from the history", "database", _on_bytes(_tool("read_file"))),
    Probe("what was copied is read from the history", "database", _on_bytes(_tool("copy_text"))),
    Probe("words enter the log by asyncio", "log", _logged(_by_asyncio)),
    Probe("words enter the log by a warning", "log", _logged(_by_a_warning)),
    Probe("words enter the log by a library", "log", _logged(_by_a_library)),
    Probe("words enter the log by a cause", "log", _logged(_by_a_cause)),
    Probe("a key enters the log as JSON", "log", _logged(_by_a_key)),
    Probe("keys pass the redaction", "log", _keys_in_texts),
    Probe("a key goes over plain http", "address", _unencrypted),
    Probe("a key is on the wire, also after a redirect", "address", _key_on_the_wire),
    Probe("a forged stamp vouches for a model", "folder of models", _forged_stamp),
)
