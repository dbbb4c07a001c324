"""One download of a model at a time, whichever process runs it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

_POLL_S = 0.25
"""The operating system tells nobody that another process let go of a file lock."""


@asynccontextmanager
async def held(path: Path, waiting: Callable[[], None]) -> AsyncGenerator[None, None]:
    """Holds the lock; `waiting` is called once if another process has it. Dies with the process, never stale."""
    import filelock

    lock = filelock.FileLock(path)
    told = False
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except filelock.Timeout:
            if not told:
                waiting()
                told = True
        await asyncio.sleep(_POLL_S)
    try:
        yield
    finally:
        lock.release()
