"""Sound as data."""

from dataclasses import dataclass

LISTENING_RATE_HZ = 16_000
"""Rate of everything the recognisers get."""

FRAME_SAMPLES = 512
"""Samples of one `Frame` at 16 kHz: 32 ms, the only length Silero VAD accepts."""

FRAME_MS = FRAME_SAMPLES * 1000 / LISTENING_RATE_HZ

PLAYBACK_RATE_HZ = 48_000
"""Playback positions (`Sound.heard`, `Sound.resume`, spans of sentences) count samples at this rate."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Mono int16 little-endian samples."""

    samples: bytes
    rate_hz: int

    def __post_init__(self) -> None:
        if len(self.samples) % 2:
            raise ValueError("int16 audio has an even number of bytes")

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.samples) // 2

    @property
    def seconds(self) -> float:
        return len(self) / self.rate_hz

    @property
    def peak(self) -> int:
        """Largest magnitude, 0..32768; 0 of no sound."""
        samples = memoryview(self.samples).cast("h")
        return max(max(samples), -min(samples)) if samples else 0

    @property
    def playback_samples(self) -> int:
        """Its length on the playback clock (48 kHz)."""
        return len(self) * PLAYBACK_RATE_HZ // self.rate_hz


def samples_to_ms(samples: int, rate_hz: int = LISTENING_RATE_HZ) -> float:
    return samples * 1000 / rate_hz


def ms_to_samples(ms: float, rate_hz: int = LISTENING_RATE_HZ) -> int:
    return round(ms * rate_hz / 1000)
