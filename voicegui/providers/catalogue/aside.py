"""A coroutine on an event loop of its own, in a thread of its own.

Unpacking, hashing and TLS would stop the window's frames; there they stop nobody, and can still be cancelled at once.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


async def run_aside(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs `main()` elsewhere and returns what it returns. Cancelling cancels it and waits until it has cleaned up."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(main())
    done: Future[T] = Future()

    def work() -> None:
        asyncio.set_event_loop(loop)
        try:
            result = loop.run_until_complete(task)
        except asyncio.CancelledError:
            done.cancel()
        except BaseException as error:  # handed to who waits
            done.set_exception(error)
        else:
            done.set_result(result)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    threading.Thread(target=work, name="download", daemon=True).start()
    waiting = asyncio.wrap_future(done)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        with contextlib.suppress(RuntimeError):  # its loop is closed: it ended by itself meanwhile
            loop.call_soon_threadsafe(task.cancel)
        await asyncio.wait([waiting])
        raise
