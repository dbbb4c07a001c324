"""Writes a conversation down as it happens."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence

from voicegui.core.errors import VoiceError
from voicegui.core.events import (
    ConversationOver,
    Event,
    Interrupted,
    NotAnswered,
    PlaybackStarted,
    ReplyGrew,
    ReplyShortened,
    StartedAfresh,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.records import PastConversation

from .conversations import (
    AgentWords,
    ConversationEnded,
    ConversationResumed,
    HistoryEntry,
    HistoryPlace,
    ToolReturned,
    ToolWasCalled,
    TurnBroken,
    UserWords,
    storable,
    write_entry,
)
from .database import Database

log = logging.getLogger(__name__)

EVERY_S = 1.0
MOST_WAITING = 1000
"""Entries that wait for a disk that fails; the oldest give way."""


class Recorder:
    """Subscribe `receive` to a conversation. Lives on the event loop's thread and never blocks it.

    A disk that fails does not disturb the conversation: `trouble` gets the error once, what was not written waits and
    is written when it works again. Of an answer that is being spoken, what was heard is written every second: that much
    is there after a crash. Kept is only what was said and what was heard.
    """

    def __init__(
        self,
        database: Database,
        trouble: Callable[[VoiceError], None],
        *,
        keep: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._trouble, self._clock = database, trouble, clock
        self._keep = keep
        self._place = HistoryPlace()
        self._waiting: list[HistoryEntry] = []
        self._cut: Interrupted | None = None
        self._turn = 0
        self._shown = ""
        """Of the answer of that turn."""
        self._written_turn = 0
        self._failed_turn = -1
        """The last one of which a part was written while it was heard."""
        self._following: asyncio.TimerHandle | None = None
        self.heard_so_far: Callable[[], int] = lambda: 0
        """Characters of the current answer that were heard."""
        self.tainted: Callable[[], bool] = lambda: False
        """Text from outside is in the conversation."""
        self._earlier_turns = 0
        """Of the conversation that goes on: its turns and those of now are told apart."""
        self._failing = False
        self._writing: asyncio.Task[None] | None = None

    def keep(self, on: bool) -> None:
        """The setting `keep_history`. Off: nothing more is written, what is kept stays."""
        if self._keep and not on:
            self._stop_following()
            self._end()
        self._keep = on

    def receive(self, event: Event) -> None:
        if not self._keep:
            return
        entry = self._entry(event)
        if entry is not None:
            self._add(entry)

    def resume(self, conversation: PastConversation) -> None:
        """What comes next belongs to it."""
        if self._keep:
            self._stop_following()
            self._earlier_turns = max((message.turn for message in conversation.messages), default=0)
            self._add(ConversationResumed(conversation.id))

    async def aclose(self) -> None:
        """Writes what waits, and that the conversation has ended."""
        self.keep(False)
        await self.written()

    async def written(self) -> None:
        """Until all that was told so far is written, or the disk has failed."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    # ------------------------------------------------------------ helpers

    def _entry(self, event: Event) -> HistoryEntry | None:
        match event:
            case UserSaid(turn, text):
                return UserWords(self._number(turn), self._clock(), storable(text))
            case ReplyGrew(turn, text):
                if turn != self._turn:
                    self._follow(turn)
                self._shown = self._shown + text if turn == self._turn else text
                self._turn = turn
            case ReplyShortened(turn, text):
                self._turn, self._shown = turn, text
            case PlaybackStarted(turn):
                self._follow(turn)
            case Interrupted():
                self._cut = event  # the end of its turn follows at once
            case TurnDone(turn):
                cut, self._cut = self._cut, None
                return self._answered(event, interrupted=cut is not None and cut.turn == turn)
            case TurnFailed(turn) | NotAnswered(turn):
                self._failed_turn = turn  # what was heard of its answer is told afterwards
                return TurnBroken(self._number(turn))
            case ToolCalled(turn, call):
                return ToolWasCalled(self._number(turn), self._clock(), storable(call.id), storable(call.name))
            case ToolFinished(_, call_id, ok, _, seconds):
                return ToolReturned(storable(call_id), ok, seconds)
            case StartedAfresh() | ConversationOver():
                self._end()
        return None

    def _answered(self, done: TurnDone, *, interrupted: bool) -> HistoryEntry | None:
        self._stop_following()
        if not done.assistant and done.turn != self._written_turn:
            return None
        words, failed = storable(done.assistant), done.turn == self._failed_turn
        return AgentWords(self._number(done.turn), self._clock(), words, interrupted, failed, tainted=self.tainted())

    def _number(self, turn: int) -> int:
        return turn + self._earlier_turns

    # ------------------------------------------------------------ what is heard, while it is heard

    def _follow(self, turn: int) -> None:
        self._stop_following()
        self._following = asyncio.get_running_loop().call_later(EVERY_S, self._note, turn)

    def _note(self, turn: int) -> None:
        heard = self._shown[: self.heard_so_far()].strip() if turn == self._turn else ""
        if heard:
            self._waiting = [each for each in self._waiting if not _is_part(each)]
            self._written_turn = turn
            words, at, tainted = storable(heard), self._clock(), self.tainted()
            self._add(AgentWords(self._number(turn), at, words, interrupted=True, over=False, tainted=tainted))
        self._follow(turn)

    def _stop_following(self) -> None:
        if self._following is not None:
            self._following.cancel()
            self._following = None

    def _end(self) -> None:
        if self._waiting or self._place.now is not None:  # else there was nothing worth a file
            self._add(ConversationEnded(self._clock()))
        self._earlier_turns = 0

    def _add(self, entry: HistoryEntry) -> None:
        self._waiting.append(entry)
        del self._waiting[:-MOST_WAITING]
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                entries = tuple(self._waiting)
                self._place = await self._database.change(_writing(self._place, entries))
                self._failing = False
                written = set(map(id, entries))  # the oldest may have given way meanwhile
                self._waiting = [entry for entry in self._waiting if id(entry) not in written]
        except VoiceError as error:
            if not self._failing:
                self._trouble(error)
            self._failing = True
        finally:
            self._writing = None


def _is_part(entry: HistoryEntry) -> bool:
    return isinstance(entry, AgentWords) and not entry.over


def _writing(place: HistoryPlace, entries: Sequence[HistoryEntry]) -> Callable[[sqlite3.Connection], HistoryPlace]:
    def work(connection: sqlite3.Connection) -> HistoryPlace:
        at = place
        for entry in entries:
            at = write_entry(connection, at, entry)
        return at

    return work
