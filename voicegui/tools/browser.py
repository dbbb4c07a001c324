"""Opens an address in the person's web browser, and knows whether one opened. It blocks: call it in a thread."""

import subprocess
import threading
import webbrowser
from collections.abc import Callable
from pathlib import PurePath
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError

FAILS_WITHIN_S = 3.0
"""A program that starts browsers has told by then that it found none; one that still runs is a browser."""
_IN_TERMINAL = frozenset({"www-browser", "links", "links2", "elinks", "lynx", "w3m", "browsh"})
"""They would take over the terminal in which somebody talks; in a window nobody would see them."""


def open_page(
    url: str,
    find: Callable[[], webbrowser.BaseBrowser] = webbrowser.get,
    fails_within_s: float = FAILS_WITHIN_S,
) -> None:
    """Raises VoiceError(NOT_OFFERED) if no browser shows it."""
    host = urlsplit(url).hostname or url
    try:
        browser = find()
    except webbrowser.Error:
        raise _not_opened(host, "there is no web browser on this machine that can be opened") from None
    if PurePath(getattr(browser, "name", "")).name in _IN_TERMINAL:
        raise _not_opened(host, "there is no web browser with a window on this machine")
    try:
        opened = _start(browser, url, fails_within_s)
    except (OSError, webbrowser.Error):
        opened = False
    if not opened:
        raise _not_opened(host, "no web browser opened")


def _start(browser: webbrowser.BaseBrowser, url: str, fails_within_s: float) -> bool:
    """The standard library takes a program of these kinds for opened as soon as it runs, or waits for its end."""
    if not isinstance(browser, webbrowser.GenericBrowser):
        return browser.open(url)
    command = [browser.name, *(argument.replace("%s", url) for argument in browser.args)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        return process.wait(fails_within_s) == 0
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="web browser", daemon=True).start()  # no zombie stays of it
        return True


def _not_opened(host: str, why: str) -> VoiceError:
    hint = "The address stands in the conversation and can be copied from there."
    return VoiceError(ErrorCode.NOT_OFFERED, f"I could not open {host}: {why}.", hint=hint)
