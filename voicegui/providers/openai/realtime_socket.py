"""The way to a Realtime server: the WebSocket of the `openai` package, its errors translated where they enter."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from voicegui.core.errors import ErrorCode, VoiceError

from .asked import Asked
from .client import OpenAIClient
from .errors import code_of, text_of, translated
from .realtime_faults import lost
from .refusals import Refusal, refused
from .service import Stage

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import AsyncRealtimeConnection

OPEN_S = 10.0
CLOSE_S = 1.0
"""How long the goodbye of a server is waited for."""

_PROTOCOL_LOG = "voicegui.providers.openai.websocket"


@dataclass(frozen=True, slots=True)
class Address:
    """What to connect to: a transcription session gets its model with its configuration, a speaking one in the URL."""

    client: OpenAIClient
    stage: Stage
    model: str

    @property
    def asked(self) -> Asked:
        return self.client.asked(self.stage, self.model)

    async def dial(self) -> "Socket":
        """Raises VoiceError; cancelling it is safe."""
        await self.client.start()
        await asyncio.to_thread(_import)
        query: dict[str, object] = {"model": self.model}
        if self.stage is Stage.STT:
            query = {"intent": "transcription"}
        manager = self.client.sdk(self.stage).realtime.connect(
            extra_query=query, websocket_connection_options=cast(Any, _options(self.asked))
        )
        with _translated(self.asked):
            return Socket(await manager.enter(), self.asked)


class Socket:
    """One open WebSocket."""

    def __init__(self, connection: "AsyncRealtimeConnection", asked: Asked) -> None:
        self._connection = connection
        self.asked = asked

    async def send(self, message: str) -> None:
        """Raises VoiceError once the connection is lost."""
        with _translated(self.asked):
            await self._connection.send_raw(message)

    async def receive(self) -> bytes:
        """Raises VoiceError once the connection is lost."""
        with _translated(self.asked):
            return await self._connection.recv_bytes()

    async def aclose(self) -> None:
        await self._connection.close()


def _import() -> None:
    """What the first connection would otherwise import on the event loop's thread."""
    import_module("openai.resources.realtime")
    import_module("websockets.asyncio.client")


def _options(asked: Asked) -> dict[str, object]:
    """The package hands them to `websockets`, whose own debug messages hold the key and what was said."""
    quiet = logging.getLogger(_PROTOCOL_LOG)
    quiet.setLevel(logging.INFO)
    options: dict[str, object] = {"open_timeout": OPEN_S, "close_timeout": CLOSE_S, "logger": quiet}
    # A proxy cannot reach what runs on this machine
    return {**options, "proxy": None} if asked.local else options


@contextmanager
def _translated(asked: Asked) -> Iterator[None]:
    from websockets.exceptions import WebSocketException

    try:
        with translated(asked):
            yield
    except WebSocketException as error:
        raise _voice_error(error, asked) from error


def _voice_error(error: Exception, asked: Asked) -> VoiceError:
    from websockets.exceptions import InvalidProxy, InvalidStatus, ProxyError, SecurityError

    match error:
        case InvalidStatus(response=response) if not 300 <= response.status_code < 400:
            body = _json(response.body)
            return refused(Refusal(response.status_code, code_of(body), text_of(body)), asked)
        case InvalidStatus() | SecurityError():
            return _redirected(asked)
        case ProxyError() | InvalidProxy():
            sentence = f"{asked.service} cannot be reached: the proxy did not let the request through. Check the proxy."
            return VoiceError(ErrorCode.OFFLINE, sentence, retryable=True)
    return lost(asked)


def _redirected(asked: Asked) -> VoiceError:
    """Not followed: the key would go along."""
    sentence = (
        f"{asked.service} wants to send the connection on to another address. It was not followed, so that your key "
        "and your words stay where you meant them to go. Check the address in the settings."
    )
    return VoiceError(ErrorCode.REDIRECTED, sentence)


def _json(body: bytes | None) -> object:
    try:
        return json.loads(body or b"")
    except ValueError:
        return ""
