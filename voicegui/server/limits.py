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
    unsent_bytes: int = 64_000_000
    """The same: minutes of speech as base64."""
    buffered_s: float = 600.0
    """Of sound that a client of `/v1/realtime` has not committed yet, where it commits by itself."""
    items: int = 2000
    """Of one Realtime conversation that can be asked for; older ones are forgotten."""
    items_bytes: int = 4_000_000
    """The same, of their text."""
    beside: int = 4
    """Answers and transcriptions at a time that one Realtime session may have beside its conversation."""
    secret_s: int = 600
    """So long an `ek_` key lets somebody in, unless something else is asked for."""
    longest_secret_s: int = 7200
    secret_bytes: int = 8_000
    """Of what is asked for a session with it."""

    # Requests of the OpenAI API

    stage_requests: int = 2
    """Of HTTP at a time for each stage, beside the conversations; one more is answered with 429 at once."""
    uploads: int = 8
    """Sound files that are being received at a time: each is in memory."""
    upload_bytes: int = 25_000_000
    """Of a sound file, as OpenAI takes them."""
    upload_s: float = 120.0
    """A form must have come by then."""
    discarded_bytes: int = 100_000_000
    discard_s: float = 10.0
    """Of a body that is refused so much is still taken, so that its client sees the answer. Nothing of it is kept."""
    json_bytes: int = 1_000_000
    json_s: float = 20.0
    """A request of JSON must have come by then."""
    speech_characters: int = 4096
    """Of a text to be spoken, as OpenAI takes them."""
    messages: int = 1000
    """Of one chat."""
    tools: int = 128
    """Of one chat, as OpenAI takes them."""
    reply_tokens: int = 1024
    """Longest answer of a chat, also if nothing or more was asked for: an answer that was cut says so."""
    whole_hearing_s: float = 30.0
    """Longer sound is heard in pieces, between which others come to their turn."""
    stage_s: float = 60.0
    """A stage may take so long to its first piece and between two of them."""
