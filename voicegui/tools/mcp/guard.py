"""Ends the servers of a program that can no longer do it itself: killed, crashed, or out of power to think.

Runs as a process of its own, with nothing but Python's own library, and reads lines from its standard input: `+NUMBER`
is a process group to watch over, `-NUMBER` one that is gone. When the input ends it terminates those that are left and
kills what is still there two seconds later. On Windows a job object does this.
"""

import os
import signal
import sys
import time

_GRACE_S = 2.0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, whose end is noticed here
    groups: set[int] = set()
    for line in sys.stdin:
        change, group = line[0], int(line[1:])
        (groups.add if change == "+" else groups.discard)(group)
    _end(groups)


def _end(groups: set[int]) -> None:
    until = time.monotonic() + _GRACE_S
    left = {group for group in groups if _send(group, signal.SIGTERM)}
    while left and time.monotonic() < until:
        time.sleep(0.02)
        left = {group for group in left if _send(group, 0)}
    for group in left:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    """Whether the group still is there."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # some of it belong to another user by now, or wait to be reaped
    return True


if __name__ == "__main__":
    main()
