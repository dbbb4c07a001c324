"""A SOCKS5 proxy on loopback (RFC 1928) that leads every connection to one server, whoever was asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_NAME, _CONNECT = 3, 1
_GRANTED = b"\5\0\0\1\0\0\0\0\0\0"


class SocksProxy:
    url = ""

    def __init__(self, server: str) -> None:
        self.asked: list[tuple[str, int]] = []
        """Names and ports of those it was to connect to: names are looked up here, nobody else learns them."""
        self._port = urlsplit(server).port
        self.tasks: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        await reader.readexactly((await reader.readexactly(2))[1])
        writer.write(b"\5\0")  # no password
        _, command, _, kind, length = await reader.readexactly(5)
        assert (command, kind) == (_CONNECT, _NAME)
        name = (await reader.readexactly(length)).decode()
        self.asked.append((name, int.from_bytes(await reader.readexactly(2), "big")))
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(_GRANTED)
        await asyncio.gather(_pass_on(reader, to_server), _pass_on(from_server, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # either side may go whenever it likes
    finally:
        writer.close()


@asynccontextmanager
async def socks_proxy(server: str) -> AsyncIterator[SocksProxy]:
    """`server`: the URL of the one it leads to."""
    proxy = SocksProxy(server)
    listening = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
    proxy.url = f"socks5h://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        listening.close()
        for task in proxy.tasks:
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)
