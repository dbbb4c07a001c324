"""Keys of services: in the keyring, else in the environment or, for this session, in memory."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import THE_KEY, KeyPlace, KeyState, Secret, checked_key
from voicegui.core.wording import Sentence, sentence, shown, verbatim

from .serial_thread import SerialThread
from .system_keyring import KeyringUnusable, SystemKeyring, no_answer

T = TypeVar("T")

ANSWER_S = 20.0
"""A keyring has that long to answer: enough to type its password, short enough to wait for."""
RESPECT_S = 30.0
"""A keyring that failed is left alone that long unless a key is set or deleted: who dismissed its prompt is not asked
again by the next thing that looks for a key."""

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "OPENAI_API_KEY",
        "groq": "GROQ_API_KEY",
        "ollama": "OLLAMA_API_KEY",
        "lmstudio": "LM_API_TOKEN",
        "llamacpp": "LLAMA_API_KEY",
        "vllm": "VLLM_API_KEY",
    }
)
"""Environment variables in which people keep keys, by service; the names are the services' own."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A text that should be a key, and where it is."""

    place: KeyPlace
    text: Secret
    source: Sentence
    """For sentences: "The key in the keyring", or the name of the variable."""
    detail: Sentence


class KeyStore:
    """Fills `core.keys.Keys`. What was entered wins over the environment, and what was entered last wins.

    A keyring that fails, is locked, hangs or would write plain text is not used: keys are then kept in memory, and
    `notice` says so. Methods are called on the event loop's thread, which they never block.
    """

    def __init__(
        self,
        keyring: SystemKeyring | None = None,
        environment: Mapping[str, str] = os.environ,
        variables: Mapping[str, str] = VARIABLES,
        clock: Callable[[], float] = time.monotonic,
        thread: SerialThread | None = None,
    ) -> None:
        self._keyring = keyring or SystemKeyring()
        self._environment, self._variables = environment, variables
        self._clock, self._thread = clock, thread or SerialThread("keyring", ANSWER_S)
        self._entered: dict[str, Secret] = {}
        self._notice = Sentence("")
        self._ask_again_at = 0.0
        self._turn = asyncio.Lock()

    async def get(self, service: str) -> Secret | None:
        async with self._turn:
            kept = await self._find(service)
        return checked_key(kept.text.reveal(), kept.source) if kept else None

    async def set(self, service: str, key: Secret) -> KeyState:
        checked = checked_key(key.reveal())
        async with self._turn:
            try:
                await self._ask(lambda: self._keyring.write(service, checked.reveal()))
            except VoiceError:
                self._entered[service] = checked
                return KeyState(service, KeyPlace.MEMORY, _ONLY_NOW.shown())
            self._entered.pop(service, None)
            self._notice = self._notice if self._entered else Sentence("")
            return KeyState(service, KeyPlace.KEYRING, _IN_KEYRING.shown())

    async def delete(self, service: str) -> KeyState:
        async with self._turn:
            entered = self._entered.pop(service, None)
            try:
                gone = await self._ask(lambda: self._keyring.erase(service))
            except VoiceError as error:
                # without a keyring there is nothing in it; and a key of this session is gone, as was asked
                if error.code is not ErrorCode.NO_KEYRING and entered is None:
                    raise _not_deleted(error.whole, error.hint_sentence) from None
            else:
                if not gone:
                    todo = sentence("Delete it in the keyring's own window.")
                    raise _not_deleted(sentence("The keyring refused."), todo)
            return _state(service, await self._find(service))

    async def state(self, service: str) -> KeyState:
        async with self._turn:
            return _state(service, await self._find(service))

    async def check(self) -> str:
        """What a person will have to do before a key can be kept; "" for nothing. `notice` tells if none can."""
        async with self._turn:
            try:
                return await self._ask(self._keyring.check)
            except VoiceError:
                return ""

    def notice(self) -> str:
        return self._notice.shown()

    # ------------------------------------------------------------ helpers

    async def _find(self, service: str) -> _Kept | None:
        stored = await self._stored(service)
        entered = self._entered.get(service)
        if entered is not None and entered == stored:  # written after all, after it had been given up
            del self._entered[service]
            entered = None
        if entered is not None:
            return _Kept(KeyPlace.MEMORY, entered, THE_KEY, _ONLY_NOW)
        if stored is not None:
            return _Kept(KeyPlace.KEYRING, stored, sentence("The key in the keyring"), _IN_KEYRING)
        variable = self._variables.get(service, "")
        if text := self._environment.get(variable, "").strip():
            where = sentence("From {variable}", variable=variable)
            return _Kept(KeyPlace.ENVIRONMENT, Secret(text), verbatim(variable), where)
        return None

    async def _stored(self, service: str) -> Secret | None:
        if self._thread.hangs or self._clock() < self._ask_again_at:
            return None
        try:
            text = await self._ask(lambda: self._keyring.read(service))
        except VoiceError:
            return None  # `notice` tells it
        return Secret(text) if text else None

    async def _ask(self, work: Callable[[], T]) -> T:
        """Raises KeyringUnusable, and then leaves the keyring alone for a while."""
        try:
            answer = await self._thread.run(work)
        except TimeoutError:
            error = no_answer()
            self._notice = error.notice  # asked again as soon as it has answered
            raise error from None
        except KeyringUnusable as error:
            self._notice, self._ask_again_at = error.notice, self._clock() + RESPECT_S
            raise
        self._ask_again_at = 0.0
        # A keyring that holds nothing is not opened: it may still refuse what is kept for this session only
        if answer is not None or not self._entered:
            self._notice = Sentence("")
        return answer


def _not_deleted(why: Sentence, hint: Sentence) -> VoiceError:
    what = sentence("{problem} The key in it could not be deleted.", problem=why)
    return VoiceError(ErrorCode.KEYRING_FAILED, what, retryable=True, hint=hint)


def _state(service: str, kept: _Kept | None) -> KeyState:
    if kept is None:
        return KeyState(service, None, shown("No key"))
    try:
        checked_key(kept.text.reveal(), kept.source)
    except VoiceError as error:
        return KeyState(service, kept.place, error.message)
    return KeyState(service, kept.place, kept.detail.shown())


_IN_KEYRING = sentence("In the keyring")
_ONLY_NOW = sentence("Only for this session")
