"""How much of a service is read, whatever it sends: an answer costs no more than its use.

A table and nothing else, so that all bounds can be read in one place.
"""

LONGEST_ANSWER = 2 << 20
"""Bytes of an answer that comes whole, and of one event of a stream. JSON of 2 MiB is read in some 20 ms, during which
no other thread runs."""

LONGEST_MESSAGE = 1 << 20
"""Bytes of one message of a WebSocket: 15 seconds of sound in base64."""

LONGEST_STREAM = 32 << 20
"""Bytes of all events of an answer together: 100,000 tokens, thoughts included."""

LONGEST_ERROR = 64 << 10
"""Bytes of an error that are looked into."""

LONGEST_SPEECH = 32 << 20
"""Bytes of the sound of one sentence: eleven minutes of PCM at 24 kHz."""

MOST_EVENTS = 200_000
"""Of one answer: each costs time, however short it is."""

MOST_CHUNKS = 200_000
"""Of one answer: what comes byte by byte costs a thousand times as much to read."""

MOST_PIECES = 20_000
"""Of the words of one answer, each at least a token: more than an hour of speech."""

LONGEST_WORDS = 200_000
"""Characters of one answer, or of a transcript."""

LONGEST_TAKE = 50_000
"""Characters of what is heard at once while somebody talks: an hour of speech."""

MOST_MODELS = 5_000

HEAD_S = 5.0
"""Beyond the time limit of the stage: a head of an answer may come in pieces, but not for ever."""

TOO_LONG = "sent more than can be read"
"""For `BadAnswer`."""
