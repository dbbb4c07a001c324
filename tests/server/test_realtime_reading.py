"""Whatever JSON a client of /v1/realtime sends is read, or refused: nothing else ever happens."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicegui.core.settings import Settings
from voicegui.server.realtime.client_secrets import verified
from voicegui.server.realtime.configuration import (
    default_session,
    merged_session,
    read_answering,
    read_session,
    settings_for,
)
from voicegui.server.realtime.events import RefusedEvent, event_id_of, read_client_event
from voicegui.server.realtime.items import read_item

NAMES = [
    "type", "audio", "input", "output", "format", "rate", "turn_detection", "threshold", "silence_duration_ms",
    "eagerness", "create_response", "tools", "tool_choice", "name", "parameters", "instructions", "transcription",
    "output_modalities", "max_output_tokens", "role", "content", "text", "transcript", "id", "call_id", "arguments",
    "session", "item", "event_id", "description",
]  # fmt: skip
WORDS = [
    "realtime", "transcription", "server_vad", "semantic_vad", "audio/pcm", "audio/pcmu", "auto", "none", "function",
    "message", "function_call", "function_call_output", "user", "assistant", "system", "input_text", "input_audio",
    "output_text", "output_audio", "low", "inf", "AAAA", "\ud800", "",
]  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


@settings(max_examples=400, deadline=None)
@given(st.lists(objects, max_size=4))
def test_sessions(updates: list[dict[str, Any]]) -> None:
    usual = Settings()
    session = default_session("realtime", "x", usual)
    for update in updates:
        try:
            merged = merged_session(session, update, default_session("transcription", "x", usual))
            settings_for(read_session(merged, usual), usual)
        except RefusedEvent:
            continue
        session = merged
        assert json.loads(json.dumps(session)) is not None


@settings(max_examples=400, deadline=None)
@given(objects)
def test_items_and_responses(made: dict[str, Any]) -> None:
    for read in (read_item, lambda given: read_answering(given, "response")):
        try:
            read(made)
        except RefusedEvent as error:
            json.dumps([error.code, error.message, error.param])


@given(st.text() | values.map(lambda value: json.dumps(value)))
def test_events(text: str) -> None:
    with contextlib.suppress(RefusedEvent):
        assert isinstance(event_id_of(read_client_event(text)), str)


@given(st.text() | st.binary().map(lambda data: "ek_" + data.hex()) | st.text(alphabet="ek_.AZaz09-", max_size=30))
def test_keys(text: str) -> None:
    assert verified(text, "key") is None


@pytest.mark.parametrize(
    ("given", "patience", "silence"),
    [
        (None, 1.0, 150),
        ({"type": "server_vad"}, 1.0, 150),
        ({"type": "server_vad", "silence_duration_ms": 500}, 0, 500),
        ({"type": "server_vad", "silence_duration_ms": 1}, 0, 96),
        ({"type": "semantic_vad"}, 1.0, 150),
        ({"type": "semantic_vad", "eagerness": "low"}, 2.0, 150),
        ({"type": "semantic_vad", "eagerness": "high"}, 0.5, 150),
        ({"type": "semantic_vad", "eagerness": "auto"}, 1.0, 150),
    ],
)  # fmt: skip
def test_both_ways_to_detect_turns_are_ours(given: Any, patience: float, silence: int) -> None:
    usual = Settings()
    update: dict[str, Any] = {} if given is None else {"audio": {"input": {"turn_detection": given}}}
    session = default_session("realtime", "", usual)
    now = settings_for(read_session(merged_session(session, update, session), usual), usual)
    assert (now.patience, now.silence_ms) == (patience, silence)
