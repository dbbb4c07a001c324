"""`voicegui devices`: what can be chosen, by the names that settings keep.

Each command of the terminal is a file of its own, however small: `__main__` imports only the one that is run.
"""

import asyncio
from collections.abc import Sequence

from voicegui.core.ports import DeviceInfo
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import shown


async def show_devices() -> int:
    """Raises VoiceError when there is no sound system."""
    from voicegui.audio.portaudio import list_devices

    microphones, speakers = await asyncio.to_thread(list_devices)
    _show(shown("Microphones:"), microphones)
    _show(shown("Speakers:"), speakers)
    return 0


def _show(title: str, devices: Sequence[DeviceInfo]) -> None:
    print(title)
    for device in devices:
        print(f"  {'*' if device.is_default else ' '} {one_line(device.label)}  [{one_line(device.name)}]")
    if not devices:
        print(f"    {shown('none')}")
