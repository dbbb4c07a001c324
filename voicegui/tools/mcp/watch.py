"""The program's side of `guard.py`."""

import logging
import subprocess
import sys
from pathlib import Path

_log = logging.getLogger(__name__)
_GUARD = Path(__file__).with_name("guard.py")


class Watch:
    """Has process groups ended when this program ends in whatever way. Started with the first of them.

    Used on one thread. Does nothing on Windows, where job objects do it.
    """

    def __init__(self) -> None:
        self._guard: subprocess.Popen[bytes] | None = None
        self._groups: set[int] = set()

    def add(self, group: int) -> None:
        if sys.platform == "win32":
            return
        self._groups.add(group)
        if self._guard is None or not self._tell(f"+{group}"):
            self._start()

    def remove(self, group: int) -> None:
        if group in self._groups:
            self._groups.discard(group)
            self._tell(f"-{group}")

    def close(self) -> None:
        """Groups that are left are ended."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def _start(self) -> None:
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        for group in self._groups:
            self._tell(f"+{group}")

    def _tell(self, line: str) -> bool:
        if self._guard is None or self._guard.stdin is None:
            return False
        try:
            self._guard.stdin.write(f"{line}\n".encode())
        except OSError:
            _log.warning("The guard of MCP servers is gone")
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
            return False
        return True
