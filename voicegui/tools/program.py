"""Tools for the program itself and the desktop around it: settings, clipboard, the user's web browser."""

import subprocess
import threading
import webbrowser
from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Literal
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.toolbox import ProgramControl
from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, listed_with_commas, marked, sentence, sentence_plural, verbatim

from .function_tools import succeeded_with, tool

_LONGEST_URL = 2000
_LONGEST_VOICE = 60
_STEP = 20
"""Percent of "louder" and "quieter"."""
_VOICES_TOLD = 12
_VOLUME = marked("My volume is at {count} percent now.")


class ProgramTools:
    """All are coroutines: the host lives on the event loop's thread."""

    def __init__(self, host: ProgramControl) -> None:
        self._host = host

    @tool(
        label=marked("Open a web page"),
        changes=True,
        network=True,
        question=marked("Shall I open {url}?"),
        cues=("open", "go to", "browse", "website", "web page", "webpage", "browser", "com", "org", "net"),
        examples=(
            ("Open example.com.", {"url": "example.com"}),
            ("Open the website debian.org, please.", {"url": "debian.org"}),
        ),
    )
    async def open_url(self, url: Annotated[str, "The whole address, such as https://example.org"]) -> ToolOutcome:
        """Opens a web page in the person's browser. It does not read the page."""
        address = _web_address(url)
        await self._host.open_url(address)
        host = urlsplit(address).hostname
        return succeeded_with(sentence("I opened {host}.", host=host), f"Opened {address} in the browser.")

    @tool(
        label=marked("Read the clipboard"),
        outside=True,
        question=marked("Shall I read your clipboard?"),
        cues=("clipboard", "what i copied", "i have copied", "i just copied"),
        examples=(("What is in my clipboard?", {}), ("Summarize what I copied.", {})),
    )
    async def read_clipboard(self) -> ToolOutcome:
        """Reads the text that the person has copied."""
        text = await self._host.read_clipboard()
        if not text.strip():
            return succeeded_with(sentence("There is no text in your clipboard."), "The clipboard holds no text.")
        return ToolOutcome(text)

    @tool(
        label=marked("Copy text"),
        changes=True,
        question=marked("I would copy this to your clipboard: {text}."),
        cues=("copy", "clipboard"),
        examples=(("Copy the word hello to my clipboard.", {"text": "hello"}),),
    )
    async def copy_text(self, text: Annotated[str, "What is to be copied"]) -> ToolOutcome:
        """Puts text into the clipboard, in place of what was there."""
        if not text:
            raise VoiceError(ErrorCode.BAD_REQUEST, sentence("There is no text to copy."))
        await self._host.copy_text(text)
        return succeeded_with(sentence("I copied it."), "Copied.")

    @tool(
        label=marked("Volume"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would set the volume to {level}."),
        cues=(
            "volume",
            "louder",
            "quieter",
            "softer",
            "turn it up",
            "turn it down",
            "you're too loud",
            "you're too quiet",
            "it's too loud",
            "it's too quiet",
            "turn up",
            "turn down",
            "speak up",
            "more quietly",
        ),
        examples=(
            ("Speak louder, please.", {"level": "louder"}),
            ("Set the volume to 40 percent.", {"level": 40}),
            ("You're too loud.", {"level": "quieter"}),
        ),
    )
    async def set_volume(
        self, level: Annotated[int | Literal["louder", "quieter"], "Percent from 0 to 100, or louder, or quieter"]
    ) -> ToolOutcome:
        """Sets how loud this program speaks."""
        if isinstance(level, str):
            change = _STEP if level == "louder" else -_STEP
            percent = max(0, min(100, self._host.volume() + change))
        elif 0 <= level <= 100:
            percent = level
        else:
            raise VoiceError(ErrorCode.BAD_REQUEST, sentence("The volume is a number from 0 to 100."))
        self._host.set_volume(percent)
        answer = sentence_plural(_VOLUME, _VOLUME, percent)
        return succeeded_with(answer, f"The volume is {percent} percent now.")

    @tool(
        label=marked("Voice"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would speak with the voice {name}."),
        cues=("voice", "speak like", "sound like"),
        examples=(("Use the voice Nova.", {"name": "nova"}), ("Change your voice to Sky.", {"name": "sky"})),
    )
    async def set_voice(self, name: Annotated[str, "Of the voice"]) -> ToolOutcome:
        """Speaks with another voice from the next sentence on."""
        wanted, voices = name.strip(), self._host.voices()
        if not wanted or len(wanted) > _LONGEST_VOICE or not wanted.isprintable():
            raise VoiceError(ErrorCode.BAD_REQUEST, sentence("That is no name of a voice."))
        chosen = next((each for each in voices if each.casefold() == wanted.casefold()), None if voices else wanted)
        if chosen is None:
            some = listed_with_commas([verbatim(each) for each in voices[:_VOICES_TOLD]])
            unknown = sentence("There is no voice called {name}. There are: {voices}.", name=wanted, voices=some)
            raise VoiceError(ErrorCode.BAD_REQUEST, unknown)
        self._host.set_voice(chosen)
        answer = sentence("I speak with the voice {voice} now.", voice=chosen)
        return succeeded_with(answer, f"The voice is {chosen} now.")

    @tool(
        label=marked("End the conversation"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("Shall I end the conversation?"),
        cues=(
            "goodbye",
            "good bye",
            "bye",
            "end the conversation",
            "end this conversation",
            "stop listening",
            "that's all",
            "that was all",
            "we're done",
            "good night",
            "hang up",
        ),
        examples=(("Goodbye.", {}), ("That's all, stop listening.", {})),
    )
    async def end_conversation(self) -> ToolOutcome:
        """Ends the conversation and closes the microphone, once the person has said goodbye or asked for it."""
        self._host.end_conversation()
        return succeeded_with(sentence("Goodbye."), "The conversation ends after this answer.")


def _web_address(url: str) -> str:
    """Raises VoiceError."""
    address = url.strip()
    if len(address) > _LONGEST_URL:
        raise VoiceError(ErrorCode.BAD_REQUEST, sentence("That address is too long to be opened."))
    if "://" not in address and not address.casefold().startswith(("javascript:", "data:", "file:", "mailto:")):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    # An @ or a backslash lets an address look like another one
    is_clean = address.isprintable() and not any(sign.isspace() or sign in '\\"<>' for sign in address)
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or not is_clean:
        raise VoiceError(ErrorCode.BAD_REQUEST, sentence("That is no address of a web page. It begins with https://."))
    return address


# ---------------------------------------------------------------- the web browser

FAILS_WITHIN_S = 3.0
"""A program that starts browsers has told by then that it found none; one that still runs is a browser."""
_IN_TERMINAL = frozenset({"www-browser", "links", "links2", "elinks", "lynx", "w3m", "browsh"})
"""They would take over the terminal in which somebody talks; in a window nobody would see them."""
_NO_BROWSER = sentence("I could not open {host}: there is no web browser on this machine that can be opened.")
_NO_WINDOW = sentence("I could not open {host}: there is no web browser with a window on this machine.")
_NONE_OPENED = sentence("I could not open {host}: no web browser opened.")


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
        raise _not_opened(_NO_BROWSER, host) from None
    if PurePath(getattr(browser, "name", "")).name in _IN_TERMINAL:
        raise _not_opened(_NO_WINDOW, host)
    try:
        opened = _start(browser, url, fails_within_s)
    except (OSError, webbrowser.Error):
        opened = False
    if not opened:
        raise _not_opened(_NONE_OPENED, host)


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


def _not_opened(why: Sentence, host: str) -> VoiceError:
    hint = sentence("The address stands in the conversation and can be copied from there.")
    return VoiceError(ErrorCode.NOT_OFFERED, why.filled(host=host), hint=hint)
