"""PortAudio's list of devices, kept fresh: it is a snapshot, and to look again all streams have to be closed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ..core.errors import VoiceError
from . import portaudio
from .keeper import Keeper, Surroundings
from .pulse import ServerView

_AGAIN_SECONDS = 1.5
"""Between two looks while a device is missing. One takes 40 ms: too much for every look around."""


class Listing:
    """Not thread-safe: for the thread of the keepers. `rests`: nothing is being played."""

    def __init__(
        self,
        microphone: Keeper[Any],
        speaker: Keeper[Any],
        rests: Callable[[], bool],
        clock: Callable[[], float],
        hardware: Callable[[], Sequence[str]] = portaudio.hardware,
    ) -> None:
        self._microphone, self._speaker = microphone, speaker
        self._rests, self._clock, self._hardware = rests, clock, hardware
        self._known = hardware()
        self._next = clock() + _AGAIN_SECONDS
        self.server_seen = False
        """Since it answered for the first time devices are taken from the server alone."""

    def renew(self, view: ServerView | None) -> tuple[Surroundings, Surroundings]:
        """What is there for microphone and speaker. Looks for devices again if one is wanted that PortAudio does not
        know: at once when the hardware has changed, else now and then."""
        self._refresh(view)
        if self.server_seen:
            seen, there = view or ServerView(), view is not None
            return (
                Surroundings(seen.microphones, True, there, seen.recording, seen.seen_at),
                Surroundings(seen.speakers, True, there, seen.playing, seen.seen_at),
            )
        try:
            return Surroundings(portaudio.listed("input"), False), Surroundings(portaudio.listed("output"), False)
        except VoiceError:  # no library: opening says so
            return Surroundings((), False), Surroundings((), False)

    def _refresh(self, view: ServerView | None) -> None:
        if view is not None and not self.server_seen:
            self.server_seen, self._next = True, 0.0
            for keeper in self._keepers():
                keeper.start_anew()  # what ran without the server goes through it now
        if not self._missing(view):
            return
        hardware, now = self._hardware(), self._clock()
        if any(keeper.stream is not None for keeper in self._keepers()):
            if self.server_seen or hardware == self._known or not self._rests():
                return
            for keeper in self._keepers():
                keeper.close()
        elif hardware == self._known and now < self._next:
            return
        self._known, self._next = hardware, now + _AGAIN_SECONDS
        with suppress(VoiceError):  # no library: opening says so
            portaudio.refresh()
        for keeper in self._keepers():
            keeper.retry()

    def _keepers(self) -> Sequence[Keeper[Any]]:
        return self._microphone, self._speaker

    def _missing(self, view: ServerView | None) -> bool:
        """A direction that is wanted has no stream, and no way to one is known."""
        microphone, speaker = _wants(self._microphone), _wants(self._speaker)
        if not self.server_seen:
            return microphone or speaker
        if view is None:
            return False  # it will be back, and with it the way to it
        try:
            return (microphone and bool(view.microphones) and not portaudio.has_bridge("input")) or (
                speaker and bool(view.speakers) and not portaudio.has_bridge("output")
            )
        except VoiceError:
            return False


def _wants(keeper: Keeper[Any]) -> bool:
    return keeper.on and keeper.stream is None
