"""Texts on their way: sent at once, or as soon as they can be answered, one after the other."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from voicegui.core.commands import Command, SendText
from voicegui.core.events import Event, Phase, ProblemAppeared, ProblemSolved, Ready, StateChanged, TurnDone, TurnFailed

from .transcript import Transcript
from .transcript_log import TranscriptLog

ENGINE = "engine"


class Outbox(QObject):
    """Each text waits until the one before it was answered. After one that failed the others wait for somebody to send
    them, or for something to be answered again."""

    taken_back = Signal(str)
    told = Signal(str)
    """Something a screen reader should say."""

    def __init__(
        self, transcript: Transcript, log: TranscriptLog, send: Callable[[Command], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._transcript, self._log, self._send = transcript, log, send
        self._waiting: dict[int, SendText] = {}
        """By the number of the entry."""
        self._ready = self._engine_fails = self._held = False
        self._state: StateChanged | None = None

    def say(self, text: str, *, aloud: bool = False) -> None:
        """Somebody has typed it, or asks it again: `aloud` if it was spoken."""
        command = SendText(text, aloud)
        if self._works and not self._waiting:
            self._send(command)
            return
        self._transcript.show_changes(self._log.wait(text, can_send=self._ready))
        self._waiting[self._log.waiting[-1].question] = command
        self.told.emit(self._log.waiting[-1].text)

    def take_back(self, number: int) -> None:
        command = self._waiting.pop(number, None)
        if command is not None:
            self._transcript.show_changes(self._log.stop_waiting(number))
            self._refresh()
            self.taken_back.emit(command.text)

    def send_now(self) -> None:
        """The first one, whatever is wrong."""
        if self._ready and self._waiting:
            self._held = False
            self._send_first()

    def follow(self, event: Event) -> None:
        """Everything the session tells."""
        match event:
            case Ready():
                self._ready, self._engine_fails, self._held = True, False, False
            case ProblemAppeared(source=source) if source == ENGINE:
                self._engine_fails = True
            case ProblemSolved(source=source) if source == ENGINE:
                self._engine_fails = self._held = False
            case StateChanged():
                self._state = event
            case TurnFailed():
                self._held = True
            case TurnDone(user=user, assistant=assistant) if user and assistant:
                self._held = False
            case _:
                return
        self._refresh()
        if self._waiting:
            QTimer.singleShot(0, self, self._go_on)  # when all who are told of it know

    @property
    def _works(self) -> bool:
        return self._ready and not self._engine_fails

    def _go_on(self) -> None:
        if self._waiting and self._works and not self._held and self._at_rest():
            self._send_first()

    def _send_first(self) -> None:
        number = next(iter(self._waiting))
        command = self._waiting.pop(number)
        self._transcript.show_changes(self._log.stop_waiting(number))
        self._refresh()
        self._send(command)

    def _at_rest(self) -> bool:
        state = self._state
        resting = state is None or state.phase in (Phase.IDLE, Phase.LISTENING)
        return resting and not (state and (state.user_speaking or state.talking))

    def _refresh(self) -> None:
        self._transcript.show_changes(self._log.show_waiting(can_send=self._ready))
