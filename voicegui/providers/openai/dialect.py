"""What a server does not understand: learned from its first refusal and remembered."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from .errors import BadStatus, text_of

R = TypeVar("R")

Substitute = Callable[[Any], Mapping[str, Any]]
"""Gets the value of a parameter that was refused; returns what to send instead, which may be nothing."""


class Dialect:
    """Parameters beyond the common core, each with what replaces it.

    `on_lack` is called once for each parameter that was refused.
    """

    def __init__(self, substitutes: Mapping[str, Substitute], on_lack: Callable[[str], None]) -> None:
        self._substitutes = substitutes
        self._on_lack = on_lack
        self._refused: set[str] = set()

    @asynccontextmanager
    async def ask(
        self, create: Callable[..., AbstractAsyncContextManager[R]], wanted: Mapping[str, Any]
    ) -> AsyncIterator[R]:
        """Opens an answer, again without a parameter as long as the server refuses one."""
        async with AsyncExitStack() as stack:
            yield await self._enter(stack, create, wanted)

    async def _enter(
        self, stack: AsyncExitStack, create: Callable[..., AbstractAsyncContextManager[R]], wanted: Mapping[str, Any]
    ) -> R:
        while True:
            sent = self.put(wanted)
            try:
                return await stack.enter_async_context(create(**sent))
            except BadStatus as error:
                if not self.learn(error.status, error.param, text_of(error.body), sent):
                    raise

    def put(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters as this server understands them."""
        sent = {name: value for name, value in wanted.items() if name not in self._refused}
        for name in wanted.keys() & self._refused:
            instead = self._substitutes[name](wanted[name])
            sent |= {other: value for other, value in instead.items() if other not in self._refused or other == name}
        return sent

    def learn(self, status: int, param: object, text: str, sent: Mapping[str, Any]) -> bool:
        """Whether an error says that one of the parameters is not understood, so that asking without it may help.

        `text`: lower case. Servers name the parameter as `param` (OpenAI), in `loc` (FastAPI) or in a sentence.
        """
        if status not in (400, 422):
            return False
        known = [name for name in self._substitutes if name in sent and name not in self._refused]
        named = [name for name in known if name == param] or [name for name in known if name in text]
        if not named:
            return False
        self.give_up(max(named, key=len))
        return True

    def knows(self, name: str) -> bool:
        """Whether the parameter is sent as it is wanted."""
        return name not in self._refused

    def give_up(self, name: str) -> None:
        """The parameter is replaced from now on."""
        if self.knows(name):
            self._refused.add(name)
            self._on_lack(name)
