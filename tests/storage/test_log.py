import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicegui.storage.log import start_log
from voicegui.storage.paths import open_profile


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    profile = open_profile(tmp_path / "profile")
    handler = start_log(profile.log_file)
    yield profile.log_file
    logging.captureWarnings(False)
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
    logging.getLogger("some.library").warning("header %r", {"Authorization": f"Bearer {KEY}"})
    logging.getLogger("py.warnings").warning("%s", f"old {KEY}")
    text = log_file.read_text()
    assert text.count("[key]") == 4 and KEY not in text


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
