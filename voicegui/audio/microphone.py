"""Keeps the microphone running and takes what it heard through the line, block by block."""

from collections import deque
from collections.abc import Callable, Sequence

from ..core.ports import Frame, SoundMended, SoundTrouble
from .keeper import Keeper
from .line import Line
from .playback import SILENCE
from .reference import Played, Reference
from .streams import MicrophoneStream

_MORE_TOGETHER = 10
"""Blocks, 100 ms: three frames more at a time. A wake with cold caches costs three times the work on a frame
(measured)."""


class MicrophoneKeeper(Keeper[MicrophoneStream]):
    """`take_in` and `say_when_to_wake` are for the audio thread, the rest for the thread of the keepers."""

    def __init__(
        self,
        wake: Callable[[], None],
        opened: Callable[[], None],
        move: Callable[[str], bool],
        tell: Callable[[SoundTrouble | SoundMended], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__("microphone", self._open, move, tell, clock)
        self._wake, self._opened = wake, opened
        self._reference = Reference()

    def _open(self, name: str, server: bool) -> MicrophoneStream:
        stream = MicrophoneStream(name, self._wake, server=server)
        self._opened()
        return stream

    def take_in(self, stream: MicrophoneStream, line: Line, played: deque[Played]) -> Sequence[Frame]:
        """The frames that are full now."""
        frames: list[Frame] = []
        while stream.blocks:
            block, at = stream.blocks.popleft()
            self.hear_block(zeros=block == SILENCE and not line.muted)
            frames += line.feed(block, self._reference.next(played, at), at)
        return frames

    @staticmethod
    def say_when_to_wake(stream: MicrophoneStream, line: Line, *, together: bool) -> None:
        """For each frame, or for some `together`, and then at once for a sound that rises."""
        stream.wanted_after_a_rise = line.blocks_to_frame
        stream.wanted = line.blocks_to_frame + (_MORE_TOGETHER if together else 0)
