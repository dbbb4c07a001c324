"""Lists of models, their ends and successors."""

from datetime import date

import pytest

from tests.openai_server.script import models, scripted
from tests.openai_server.server import Answer, as_json
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.errors import BadAnswer
from voicegui.providers.openai.models import (
    ModelUse,
    RemoteModel,
    choose,
    models_ending_soon,
    parse_models,
    refuse_if_shut_down,
    use_of,
    warn_within,
)

from .conftest import TODAY, talking

SPEECH = RemoteModel("gpt-4o-mini-tts", ModelUse.TTS, date(2027, 1, 6))
CHAT = RemoteModel("gpt-6-luna", ModelUse.LLM)
UNKNOWN = RemoteModel("small-talk", ModelUse.LLM, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("id", "role"),
    [
        ("gpt-transcribe", ModelUse.STT),
        ("gpt-live-transcribe", ModelUse.STT),
        ("whisper-1", ModelUse.STT),
        ("Systran/faster-whisper-small", ModelUse.STT),
        ("gpt-4o-mini-tts", ModelUse.TTS),
        ("speaches-ai/Kokoro-82M-v1.0-ONNX", ModelUse.TTS),
        ("gpt-realtime-2.1-mini", ModelUse.REALTIME),
        ("gpt-live-1.1", ModelUse.REALTIME),
        ("gpt-6-luna", ModelUse.LLM),
        ("qwen2.5:0.5b", ModelUse.LLM),
        ("text-embedding-3-small", ModelUse.OTHER),
        ("omni-moderation-latest", ModelUse.OTHER),
        ("gpt-audio-mini", ModelUse.OTHER),
    ],
)
def test_a_name_tells_what_a_model_is_for(id: str, role: ModelUse) -> None:
    assert use_of(id) is role


def test_the_task_a_server_tells_wins() -> None:
    assert use_of("tts-like-name", "automatic-speech-recognition") is ModelUse.STT


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"object": "list", "data": [{"id": "a", "shutdown_date": None}, {"id": "b"}]}, ["a", "b"]),
        ({"object": "list", "data": None}, []),
        ({"models": [{"name": "a"}]}, ["a"]),
        ([{"id": "a"}, "b"], ["a", "b"]),
        ({"data": [{"id": "a"}, {"id": "a"}, {}, 3, None, {"id": 5}]}, ["a"]),
    ],
)
def test_lists_as_servers_give_them(answer: object, ids: list[str]) -> None:
    assert [model.id for model in parse_models(answer)] == ids


@pytest.mark.parametrize("answer", [None, "x", 3, {}, {"error": "x"}, {"data": "x"}])
def test_what_is_no_list(answer: object) -> None:
    with pytest.raises(BadAnswer):
        parse_models(answer)


@pytest.mark.parametrize(
    ("told", "shutdown"),
    [
        ("2027-01-06", date(2027, 1, 6)),
        ("2027-01-06T00:00:00Z", date(2027, 1, 6)),
        ("soon", None),
        (None, None),
        (7, None),
    ],
)
def test_the_day_it_ends(told: object, shutdown: date | None) -> None:
    assert parse_models([{"id": "a", "shutdown_date": told}])[0].shutdown == shutdown


def test_warns_within_sixty_days() -> None:
    assert warn_within(SPEECH, date(2026, 11, 6)) == ""
    assert warn_within(SPEECH, date(2026, 11, 7)) == (
        "The model gpt-4o-mini-tts works until 6 January 2027. Use gpt-realtime-2.1-mini instead."
    )
    assert warn_within(SPEECH, date(2027, 1, 6)) == ""  # too late: it is refused
    assert warn_within(CHAT, TODAY) == ""
    assert "Choose another model" in warn_within(UNKNOWN, TODAY)


def test_the_next_to_end_comes_first() -> None:
    assert models_ending_soon([CHAT, SPEECH, UNKNOWN], TODAY) == [UNKNOWN, SPEECH]
    assert models_ending_soon([CHAT, SPEECH, UNKNOWN], TODAY, days=10) == [UNKNOWN]


@pytest.mark.parametrize(
    ("id", "instead"),
    [
        ("gpt-4o-mini-tts-2025-12-15", "gpt-realtime-2.1-mini"),
        ("whisper-1", "gpt-transcribe"),
        ("gpt-4o-mini", "gpt-6-luna"),
        ("gpt-6-luna", ""),
    ],
)
def test_successors(id: str, instead: str) -> None:
    assert RemoteModel(id, ModelUse.OTHER).successor == instead


async def test_refused_from_the_day_on() -> None:
    async with scripted() as server, talking(server) as talk:
        asked = talk.engine.client.asked(None, SPEECH.id)
        refuse_if_shut_down([SPEECH], SPEECH.id, date(2027, 1, 5), asked)
        refuse_if_shut_down([SPEECH], "not-listed", date(2027, 1, 6), asked)
        with pytest.raises(VoiceError) as caught:
            refuse_if_shut_down([SPEECH], SPEECH.id, date(2027, 1, 6), asked)
        assert (caught.value.code, caught.value.hint) == (ErrorCode.MODEL_SHUT_DOWN, "gpt-realtime-2.1-mini")


def test_chooses_what_still_lives() -> None:
    assert choose([SPEECH, UNKNOWN, CHAT], ModelUse.LLM, date(2026, 12, 1)) == "gpt-6-luna"
    assert choose([SPEECH], ModelUse.STT, TODAY) == ""


# ---------------------------------------------------------------- the cache


async def test_is_asked_once_and_again_on_demand() -> None:
    answers = models(as_json({"data": [{"id": "a"}]})), models(as_json({"data": [{"id": "b"}]}))
    async with scripted(*answers) as server, talking(server) as talk:
        for _ in range(2):
            assert [model.id for model in await talk.engine.models.get()] == ["a"]
        assert [model.id for model in await talk.engine.models.get(refresh=True)] == ["b"]


async def test_what_is_known_stays_known_after_a_failure() -> None:
    async with scripted(models(as_json(["a"])), models(Answer([b"{"]))) as server, talking(server) as talk:
        await talk.engine.models.get()
        with pytest.raises(VoiceError, match="no answer"):
            await talk.engine.models.get(refresh=True)
        assert [model.id for model in talk.engine.models.known] == ["a"]
