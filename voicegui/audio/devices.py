"""The devices of this machine, for a list in the terminal."""

import sys
from collections.abc import Sequence

from ..core.ports import DeviceInfo
from . import portaudio, pulse


def list_devices() -> tuple[Sequence[DeviceInfo], Sequence[DeviceInfo]]:
    """Microphones and speakers. Blocks for up to 2 s: not for an event loop. Raises VoiceError(NO_SOUND_LIBRARY)."""
    portaudio.library()
    view = pulse.look() if sys.platform == "linux" else None
    if view is not None:
        return view.microphones, view.speakers
    return portaudio.listed("input"), portaudio.listed("output")
