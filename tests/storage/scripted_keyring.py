"""A keyring that follows a script. A call that is not the next one, and a step that nobody took, fail the test."""

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    call: str
    service: str
    text: str | None
    outcome: object


class ScriptedKeyring:
    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._wrong: list[str] = []
        self.threads: set[str] = set()

    # ------------------------------------------------------------ the script

    def reads(self, service: str, outcome: object) -> None:
        """`outcome`: what is returned, an exception that is raised, or something to call."""
        self._steps.append(Step("get", service, None, outcome))

    def writes(self, service: str, text: str, outcome: object = None) -> None:
        self._steps.append(Step("set", service, text, outcome))

    def erases(self, service: str, outcome: object = None) -> None:
        self._steps.append(Step("delete", service, None, outcome))

    def check(self) -> None:
        assert not self._wrong and not self._steps, (self._wrong, list(self._steps))

    # ------------------------------------------------------------ a keyring backend

    def get_password(self, service: str, username: str) -> str | None:
        return self._take("get", service, username, None)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._take("set", service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._take("delete", service, username, None)

    def _take(self, call: str, program: str, service: str, text: str | None):
        self.threads.add(threading.current_thread().name)
        step = self._steps.popleft() if self._steps else None
        if program != "voicegui" or step is None or (call, service, text) != (step.call, step.service, step.text):
            self._wrong.append(f"{call} {program} {service}, expected {step}")
            raise AssertionError(self._wrong[-1])
        if isinstance(step.outcome, BaseException):
            raise step.outcome
        return step.outcome() if callable(step.outcome) else step.outcome
