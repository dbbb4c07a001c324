"""`voicegui serve`: conversations for programs on this machine or in the local network, until Ctrl-C or SIGTERM."""

import asyncio
import signal

from voicegui.app.composition import LoadedProgram
from voicegui.app.serve import ServeRequest, access, server_key, server_parts
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import sentence, shown
from voicegui.server.guard import is_local_address
from voicegui.server.listening import Address, listen, serve
from voicegui.storage.keys import KeyStore

from .shutdown import complain, ending_signals, on_signal


async def serve_conversations(program: LoadedProgram, request: ServeRequest, *, show_key: bool) -> int:
    """Exit code 0 after a signal. Raises VoiceError when it cannot begin."""
    _check(request)
    stop = asyncio.Event()
    key = await server_key(KeyStore(), request.key_file)
    if show_key:
        print(key.reveal(), flush=True)
        return 0
    from voicegui.server.application import build_application
    from voicegui.server.sessions import Sessions

    sessions = Sessions(request.limits)
    with listen(request.address) as listening:
        async with server_parts(program, request, _Progress().show) as parts:
            app = build_application(parts, access(request, key), request.limits, sessions)

            def started() -> None:
                for number in (signal.SIGINT, *ending_signals()):
                    on_signal(number, stop.set)
                _tell(request.address, listening.getsockname()[1])

            await serve(app, request.address, listening, request.limits, sessions, stop, started)
    return 0


def _check(request: ServeRequest) -> None:
    """Raises VoiceError(BAD_SETTINGS) for what would let the wrong people listen."""
    if is_local_address(request.address.host):
        return
    if not request.lan:
        raise VoiceError(
            ErrorCode.BAD_SETTINGS,
            sentence("Other machines could reach {host}.", host=request.address.host),
            advice=sentence("If that is wanted, say so with --lan and give a certificate."),
        )
    if not request.address.encrypted:
        raise VoiceError(
            ErrorCode.BAD_SETTINGS,
            sentence("Without encryption everybody in the network could listen, and read the key."),
            advice=sentence("Give a certificate with --certificate and --private-key."),
        )
    complain(shown("Everybody in this network who has the key can talk with this machine."))


def _tell(address: Address, port: int) -> None:
    host = f"[{address.host}]" if ":" in address.host else address.host
    web, socket = ("https", "wss") if address.encrypted else ("http", "ws")
    lines = [
        shown("Serving at {web}://{host}:{port}; conversations at {socket}://{host}:{port}/voice.",
              web=web, socket=socket, host=host, port=port),
        shown("The key: voicegui serve --show-key. Ctrl-C ends it."),
    ]  # fmt: skip
    print("\n".join(lines), flush=True)


class _Progress:
    """Says once what is being loaded."""

    def __init__(self) -> None:
        self._said = ""

    def show(self, loading: LoadingProgress) -> None:
        if (what := str(loading.what)) != self._said:
            self._said = what
            complain(one_line(what))
