"""Whatever comes as a request is either understood or refused: nothing else ever happens."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from voicegui.server.api.chat_request import REFUSED, TAKEN, WITHOUT_EFFECT, read_chat
from voicegui.server.api.errors import ApiError
from voicegui.server.api.models import ModelNames
from voicegui.server.api.request_bodies import read_form, read_json
from voicegui.server.api.speech import KNOWN, read_speech
from voicegui.server.api.transcription_request import read_transcription
from voicegui.server.limits import ServerLimits

from .api_server import MODELS, ApiStages

NAMES, LIMITS = ModelNames(MODELS, 0), ServerLimits(json_bytes=2000, upload_bytes=1000, text_bytes=200)

WORDS = st.sampled_from(
    ["system", "user", "assistant", "tool", "developer", "text", "image_url", "refusal", "function", "c1", "auto",
     "mp3", "none", "required", "gpt-4o", "tts-1", "whisper-1", "alloy", "sse", "json", "object", "Hi?", ""]
)  # fmt: skip
KEYS = st.sampled_from(
    ["role", "content", "type", "text", "tool_calls", "tool_call_id", "id", "function", "name", "arguments", "refusal",
     "parameters", "properties", "required", "description", "include_usage", "function_call", "image_url"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=4) | st.dictionaries(KEYS | st.text(max_size=3), some, max_size=5)
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": WORDS, "content": VALUES}, optional={"tool_calls": VALUES, "tool_call_id": WORDS, "refusal": SCALARS}
    ),
    max_size=4,
)


def bodies(names: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(names)) | st.text(max_size=4), VALUES, max_size=6)


@given(bodies(TAKEN | WITHOUT_EFFECT | frozenset(REFUSED) | {"modalities", "response_format"}), MESSAGES, st.booleans())
def test_any_json_as_a_chat(body: dict[str, Any], messages: list[Any], likely: bool) -> None:
    async def scenario() -> None:
        stages = ApiStages().parts().stages
        assert stages is not None
        whole = {**body, "model": "gpt-4o", "messages": messages} if likely else body
        with suppress(ApiError):
            made = read_chat(whole, NAMES, stages, LIMITS)
            assert made.max_tokens >= 1 and made.tokens > 0
            answered = [message.call_id for message in made.messages if message.role == "tool"]
            assert answered == [call.id for message in made.messages for call in message.calls]

    asyncio.run(scenario())


@given(bodies(KNOWN), st.booleans())
def test_any_json_as_a_text_to_speak(body: dict[str, Any], likely: bool) -> None:
    async def scenario() -> None:
        stages = ApiStages().parts().stages
        assert stages is not None
        whole: Mapping[str, Any] = {"model": "tts-1", "voice": "alloy", "input": "Hi.", **body} if likely else body
        with suppress(ApiError):
            assert read_speech(whole, NAMES, stages, LIMITS).sentences

    asyncio.run(scenario())


def request(pieces: list[bytes], kind: bytes) -> Request:
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(0) if left else b"", "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind)]}, receive)


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_any_bytes_as_json(pieces: list[bytes]) -> None:
    with suppress(ApiError):
        assert isinstance(asyncio.run(read_json(request(pieces, b"application/json"), LIMITS)), dict)


LINES = st.sampled_from(
    [b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"Content-Disposition: form-data; ", b'name="file"; filename="a"', b"--",
     b'name="model"', b'name="stream"', b"whisper-1", b"true", b"\r\n\r\n", b'name="', b"name=;;;", b"\0", b"\xff"]
)  # fmt: skip


@given(st.lists(LINES | st.binary(max_size=10), max_size=40), st.integers(1, 50))
def test_any_bytes_as_a_form(lines: list[bytes], size: int) -> None:
    whole = b"".join(lines)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    with suppress(ApiError):
        form = asyncio.run(read_form(request(pieces, b"multipart/form-data; boundary=b"), LIMITS))
        assert read_transcription(form, NAMES, ("en",)).sound
