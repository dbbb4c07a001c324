"""What clients send is read, or refused with a sentence; nothing else happens, whatever it is."""

import json
import string
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.commands import SendText
from voicegui.server.g711 import Law, decode_g711, encode_g711
from voicegui.server.limits import ServerLimits
from voicegui.server.message_rate import MessageRate
from voicegui.server.voice.messages import (
    BadMessage,
    Mode,
    PlayedUntil,
    SoundFormat,
    VoiceOptions,
    read_message,
    read_options,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
KINDS = ("configure", "start", "commit", "played", "text", "interrupt", "mute", "approve", "cancel_call", "retry",
         "new_conversation", "summarize", "end", "dance")  # fmt: skip
FIELDS = ("text", "aloud", "on", "played_ms", "call_id", "allow", "mode", "rate")


T = TypeVar("T")


def read_or_refused(read: Callable[[], T]) -> T | None:
    """None when it was refused, which a person can read. Whatever else is raised fails the test."""
    try:
        return read()
    except BadMessage as error:
        refused = error
    assert refused.what.shown()
    return None


@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(lambda: read_message(text))


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS) | st.text(string.printable), JSON))
def test_any_fields_are_read_or_refused(kind: str, fields: dict[str, object]) -> None:
    told = read_or_refused(lambda: read_message(json.dumps({**fields, "type": kind})))
    assert told is None or kind != "dance"
    assert not isinstance(told, SendText) or told.text.strip()


@given(st.dictionaries(st.sampled_from([*VoiceOptions.__dataclass_fields__, "else"]), JSON | st.text()))
def test_any_options_are_read_or_refused(given_options: dict[str, object]) -> None:
    options = read_or_refused(lambda: read_options(given_options, ["assistant"], ["en"]))
    if options is not None:
        assert 8_000 <= options.input_hz <= 48_000 and 8_000 <= options.output_hz <= 48_000


@pytest.mark.parametrize(
    ("given_options", "output", "input_hz", "output_hz"),
    [
        ({}, SoundFormat.PCM16, 16_000, 24_000),
        ({"format": "wav"}, SoundFormat.PCM16, 16_000, 24_000),
        ({"mode": "utterance"}, SoundFormat.WAV, 16_000, 24_000),
        ({"mode": "utterance", "output_format": "pcm16"}, SoundFormat.PCM16, 16_000, 24_000),
        ({"format": "alaw"}, SoundFormat.ALAW, 8_000, 8_000),
        ({"format": "mulaw", "output_format": "pcm16", "output_rate": 48_000}, SoundFormat.PCM16, 8_000, 48_000),
        ({"rate": "44100", "output_rate": "8000"}, SoundFormat.PCM16, 44_100, 8_000),
    ],
)
def test_what_is_not_said_follows_from_what_is(
    given_options: dict[str, object], output: SoundFormat, input_hz: int, output_hz: int
) -> None:
    options = read_options(given_options, [], [])
    assert (options.output, options.input_hz, options.output_hz) == (output, input_hz, output_hz)


def test_numbers_of_json_are_numbers() -> None:
    assert read_message('{"type": "played", "played_ms": 12}') == PlayedUntil(12.0)
    assert read_message('{"type": "text", "text": "hi", "aloud": false}') == SendText("hi", aloud=False)
    assert read_options({"mode": "hands_free"}, [], []).mode is Mode.HANDS_FREE


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_telephone_sound_is_as_near_as_it_can_be(law: Law) -> None:
    samples = np.arange(-32768, 32768, 7).astype(np.int16)
    codes = np.frombuffer(encode_g711(samples, law), np.uint8)
    heard = decode_g711(codes.tobytes(), law).astype(int)
    table = np.unique(decode_g711(bytes(range(256)), law).astype(int))
    nearest = np.abs(samples.astype(int)[:, None] - table[None, :]).min(axis=1)
    assert np.array_equal(np.abs(heard - samples), nearest)
    assert np.abs(decode_g711(b"\xff" if law == "mulaw" else b"\xd5", law)).max() <= 8


def test_a_burst_is_borne_and_a_flood_is_not() -> None:
    now = 0.0
    rate = MessageRate(ServerLimits(messages_per_second=10, burst_s=2, burst_audio_s=5), lambda: now)
    assert all(rate.allows("{}", 16_000) for _ in range(20)) and not rate.allows("{}", 16_000)
    now = 1.0
    assert all(rate.allows(bytes(32_000), 16_000) for _ in range(5)) and not rate.allows(bytes(32_000), 16_000)
    now = 2.0
    assert rate.allows(bytes(32_000 * 4), 16_000) and not rate.allows(bytes(32_000), 16_000)
