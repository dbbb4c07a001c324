"""Only plays what the microphone hears, with streams like those of voicegui: what the virtual devices cost.

Prints "ready", then runs until its input is closed.
"""

import sys
from collections import deque
from typing import Any

import sounddevice

BLOCK, LATENCY_S = 480, 0.04


def main() -> None:
    blocks: deque[bytes] = deque([bytes(2 * BLOCK)] * 0)

    def hear(data: Any, frames: int, times: Any, status: Any) -> None:
        blocks.append(bytes(data))

    def play(data: Any, frames: int, times: Any, status: Any) -> None:
        while len(blocks) > 2:  # what piled up before both streams ran
            blocks.popleft()
        data[:] = blocks.popleft() if blocks else bytes(2 * BLOCK)

    form = {"samplerate": 48_000, "blocksize": BLOCK, "device": "pulse", "channels": 1, "dtype": "int16"}
    with (
        sounddevice.RawInputStream(callback=hear, latency=LATENCY_S, **form) as microphone,
        sounddevice.RawOutputStream(callback=play, latency=LATENCY_S, **form) as speaker,
    ):
        print("ready", microphone.latency, speaker.latency, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
