"""Prints what each reader takes for 10 and for 40 kB, and fails if one takes more than in proportion.

Processor time alone counts, and only its growth: a slow or a busy machine is slow with both lengths.
"""

import resource
import signal
import sys
import time
from collections.abc import Callable

from .readers import READERS, STREAMED
from .texts import texts

LONG, SHORT = 40_000, 10_000
SUSPECT_S = 0.8
"""A text that takes less is no trouble, however it grows: it is not measured again."""
GROWTH = 8.0
"""In proportion would be 4, quadratic 16."""
ENDLESS_S = 30.0
"""Of the short text: hundreds of times what the slowest one takes."""


def seconds(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


def too_slow(read: Callable[[str], object], short: str, long: str) -> bool:
    """Raises TimeoutError for a short text that does not end."""
    signal.signal(signal.SIGVTALRM, _ended)
    signal.setitimer(signal.ITIMER_VIRTUAL, ENDLESS_S)
    before = seconds(read, short)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    if before < SUSPECT_S / 16:
        return False  # even if it were quadratic
    if seconds(read, long) < SUSPECT_S:
        return False
    return min(seconds(read, long) for _ in range(2)) > GROWTH * min(seconds(read, short) for _ in range(3))


def _ended(*_: object) -> None:
    raise TimeoutError


def main(names: list[str]) -> int:
    signal.signal(signal.SIGVTALRM, _ended)
    resource.setrlimit(resource.RLIMIT_CPU, (1200, 1200))
    whole = texts(SHORT), texts(LONG)
    streamed = texts(2 * SHORT // 5), texts(2 * LONG // 5)
    found = 0
    for name in names or list(READERS):
        short, long = streamed if name in STREAMED else whole
        for key in short:
            try:
                slow = too_slow(READERS[name], short[key], long[key])
            except TimeoutError:
                slow = True
            if slow:
                found += 1
                print(f"{name}: {key}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
