import asyncio
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicegui.storage.log import start_log
from voicegui.storage.profile import open_profile


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    profile = open_profile(tmp_path / "profile")
    handler = start_log(profile.log_file)
    yield profile.log_file
    logging.getLogger().removeHandler(handler)
    logging.getLogger("voicegui").setLevel(logging.NOTSET)
    handler.close()


SECRET = "-".join(("what", "was", "said"))  # a traceback shows lines of source, so never written out as one


KEY = "-".join(("sk", "proj", "planted"))


def _fail(spoken: str) -> None:
    raise ValueError(f"cannot speak {spoken!r}")


def test_messages_are_written(log_file: Path) -> None:
    logging.getLogger("voicegui.audio").info("Microphone %s opened", "vmic")
    logging.getLogger("voicegui.audio").debug("nobody wants this")
    assert "INFO" in log_file.read_text() and "Microphone vmic opened" in log_file.read_text()
    assert "nobody" not in log_file.read_text()


def test_an_unhandled_exception_is_logged_without_content(log_file: Path) -> None:
    try:
        _fail(SECRET)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    text = log_file.read_text()
    assert "ValueError" in text and "in _fail" in text
    assert SECRET not in text


def test_an_unhandled_exception_of_a_thread_is_logged(log_file: Path) -> None:
    thread = threading.Thread(target=_fail, args=(SECRET,))
    thread.start()
    thread.join()
    text = log_file.read_text()
    assert "in a thread" in text and "in _fail" in text
    assert SECRET not in text


def test_what_looks_like_a_key_is_taken_out_of_every_line(log_file: Path) -> None:
    log = logging.getLogger("voicegui.providers")
    log.info("sent %s", KEY)
    log.warning(f"answer: {{'key': '{KEY}'}}")
    text = log_file.read_text()
    assert text.count("[key]") == 2 and KEY not in text


@pytest.mark.parametrize("where", ["main", "thread"])
def test_an_unhandled_exception_is_printed_without_keys(
    log_file: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    if where == "main":
        try:
            _fail(KEY)
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    else:
        thread = threading.Thread(target=_fail, args=(KEY,))
        thread.start()
        thread.join()
    printed = capsys.readouterr().err
    assert "Traceback" in printed and "ValueError: cannot speak '[key]'" in printed
    assert KEY not in printed + log_file.read_text()


def test_the_log_rotates(log_file: Path) -> None:
    for _ in range(6):
        logging.getLogger("voicegui").info("x" * 900_000)
    sizes = [file.stat().st_size for file in log_file.parent.iterdir()]
    assert len(sizes) == 4 and max(sizes) <= 1_000_000


def test_a_profile_is_private(tmp_path: Path) -> None:
    profile = open_profile(tmp_path / "a" / "b")
    assert profile.settings_file.parent == tmp_path / "a" / "b"
    if sys.platform != "win32":
        assert profile.folder.stat().st_mode & 0o077 == 0


class Said(Exception):
    pass


def _asyncio_task() -> None:
    async def main() -> None:
        task = asyncio.ensure_future(asyncio.to_thread(_fail, SECRET))
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(main())


def _asyncio_callback() -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(_fail, SECRET)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(main())


def _asyncio_handler() -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": SECRET, "exception": Said(SECRET), "more": SECRET}
        )

    asyncio.run(main())


def _warning() -> None:
    warnings.showwarning(UserWarning(SECRET), UserWarning, __file__, 7)


def _library() -> None:
    logging.getLogger("some.library").error("it said %s", SECRET)


def _library_exception() -> None:
    try:
        _fail(SECRET)
    except ValueError:
        logging.getLogger("some.library").exception(f"while saying {SECRET}")


def _library_extra() -> None:
    logging.getLogger("some.library").error("it said %(words)s", {"words": SECRET}, stack_info=True)


def _own_argument() -> None:
    logging.getLogger("voicegui.x").warning("it failed: %s %r", ValueError(SECRET), {"error": Said(SECRET)})


def _own_message() -> None:
    logging.getLogger("voicegui.x").warning(Said(SECRET))


def _own_named() -> None:
    logging.getLogger("voicegui.x").warning("it failed: %(error)s", {"error": Said(SECRET)})


def _own_exception() -> None:
    try:
        _fail(SECRET)
    except ValueError:
        logging.getLogger("voicegui.x").exception("it failed")


def _chain() -> None:
    try:
        try:
            _fail(SECRET)
        except ValueError as error:
            raise Said(SECRET) from error
    except Said as error:
        sys.excepthook(Said, error, error.__traceback__)


def _group() -> None:
    error = ExceptionGroup(SECRET, [Said(SECRET), ValueError(SECRET)])
    error.add_note(SECRET)
    sys.excepthook(ExceptionGroup, error, None)


def _class_name() -> None:
    kind = type(f"a {SECRET}", (Exception,), {})
    sys.excepthook(kind, kind(SECRET), None)


def _thread() -> None:
    thread = threading.Thread(target=_fail, args=(SECRET,), name=SECRET)
    thread.start()
    thread.join()


class _Destroyed:
    def __del__(self) -> None:
        _fail(SECRET)


def _destructor() -> None:
    _Destroyed()
    gc.collect()


WAYS = [
    _asyncio_task, _asyncio_callback, _asyncio_handler, _warning, _library, _library_exception, _library_extra,
    _own_argument, _own_message, _own_named, _own_exception, _chain, _group, _class_name, _thread, _destructor,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_no_text_of_others_enters_the_log_whichever_way_it_comes(log_file: Path, way: Callable[[], None]) -> None:
    way()
    text = log_file.read_text()
    assert text, "that something happened is logged"
    assert SECRET not in text


def test_a_line_that_cannot_be_written_is_not_printed_instead(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = next(each for each in logging.getLogger().handlers if getattr(each, "baseFilename", "") == str(log_file))
    handler.handle(logging.LogRecord("voicegui.x", logging.INFO, __file__, 1, "two %s %s", (SECRET,), None))
    captured = capsys.readouterr()
    assert captured.err == "" and not log_file.read_text()
