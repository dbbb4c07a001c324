"""How much one client may ask for, so that it costs the others nothing. A table: all bounds stand in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerLimits:
    sessions: int = 60
    """Conversations at a time; one more is refused before it begins."""
    message_bytes: int = 4_000_000
    """Of one WebSocket message: two minutes of sound at 16 kHz. A longer one ends the connection (1009)."""
    text_bytes: int = 64_000
    """Of one message of JSON."""
    messages_per_second: int = 200
    """On average over `burst_s`: sound comes in 50 a second."""
    burst_s: float = 5.0
    audio_times_real: float = 4.0
    """So many seconds of sound a second may come in, beyond `burst_audio_s`."""
    burst_audio_s: float = 180.0
    session_s: float = 4 * 3600.0
    idle_s: float = 600.0
    """Without speech, text or anything said."""
    first_message_s: float = 10.0
    """A client that chooses nothing in its address says in that time what it wants, or sends sound."""
    send_s: float = 10.0
    """A client that takes nothing for so long is given up."""
    unsent_messages: int = 2000
    """Waiting for one client."""
