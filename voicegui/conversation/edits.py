"""What a program changes in the memory of a conversation that it holds for somebody else."""

from collections.abc import Callable

from voicegui.core.history import History, answer_name, user_name
from voicegui.core.ports import Message

from .agent_speech import AgentSpeech
from .memory import ConversationMemory


class HistoryEdits:
    """Names are those of `core.history`: of what the user said, of answers, of calls (their ids), or given by `add`.

    What is changed while something is being answered is changed when that has come to its end: until then the answer
    itself is not in the history.
    """

    def __init__(self, memory: ConversationMemory, agent: AgentSpeech, is_answering: Callable[[], bool]) -> None:
        self._memory, self._agent, self._is_answering = memory, agent, is_answering
        self._later: list[Callable[[History], History]] = []

    def add(self, message: Message, after: str | None = None) -> None:
        """`after`: name of the message before it; "" for the first place, None for the last."""
        self._edit(lambda history: history.added(message, after))

    def remove(self, name: str) -> None:
        self._edit(lambda history: history.without(name))

    def reword(self, name: str, words: str) -> None:
        self._edit(lambda history: history.reworded(name, words))

    def resolve(self, call_id: str, outcome: str) -> None:
        """What a call brought that was handed over (`core.tools.HANDED_OVER`)."""
        self._edit(lambda history: history.resolved(call_id, outcome))

    def heard(self, turn: int, played: int) -> str | None:
        """Of the answer of a turn that is over so many playback samples were heard, whatever was believed before.
        Returns its words; None if it was too long ago to know them."""
        words, name = self._agent.words_until(turn, played), answer_name(turn)
        if words is None:
            return None
        if not words:
            self.remove(name)
        elif self._memory.has(name):
            self.reword(name, words)
        else:  # nothing was believed to be heard
            self.add(Message("assistant", words, name=name), user_name(turn))
        return words

    def clear(self) -> None:
        """Nothing of what was said is remembered, nor put into notes."""
        if self._memory.has_any:
            self._edit(lambda history: History())

    def settle(self) -> None:
        """Nothing is being answered now."""
        later, self._later = self._later, []
        for change in later:
            self._memory.edit(change)

    def _edit(self, change: Callable[[History], History]) -> None:
        if self._is_answering() or self._later:
            self._later.append(change)
        else:
            self._memory.edit(change)
