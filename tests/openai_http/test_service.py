"""Services, their addresses, the environment, and those that run on this machine."""

import asyncio
from dataclasses import replace

import pytest

from tests.openai_server.script import models, scripted
from tests.openai_server.server import Answer, Fault, as_json
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import Secret
from voicegui.providers.openai.discovery import discover, recognise
from voicegui.providers.openai.service import (
    GROQ,
    LLAMA_CPP,
    LOCALAI,
    OLLAMA,
    OPENAI,
    PRESETS,
    SPEACHES,
    VLLM,
    Stage,
    custom,
    from_environment,
    is_loopback,
    preset,
)

from .conftest import KEY


def test_presets_have_different_names() -> None:
    assert len({service.name for service in PRESETS}) == len(PRESETS) == 8
    assert preset("groq") is GROQ and preset("nobody") is None
    for service in PRESETS:
        assert service.stages and service.needs_key is not service.local


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" http://localhost:1234/v1/ ", "http://localhost:1234/v1"),
        ("https://example.org/v1/chat/completions", "https://example.org/v1"),
        ("http://10.0.0.2:8000/v1/models", "http://10.0.0.2:8000/v1"),
    ],
)
def test_an_address_as_people_paste_it(typed: str, url: str) -> None:
    assert custom(typed).base_url == url


@pytest.mark.parametrize(
    "typed",
    ["", "localhost:1234", "ftp://x/v1", "http://", "http://me:secret@x/v1", "http://x/v1?key=1", "http://a b/v1",
     "http://x:99999/v1", "http://[::1/v1"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_has_a_sentence(typed: str) -> None:
    with pytest.raises(VoiceError) as caught:
        custom(typed)
    assert caught.value.code is ErrorCode.BAD_SETTINGS
    assert "secret" not in caught.value.message


def test_a_stage_can_be_elsewhere() -> None:
    mixed = OPENAI.at("http://127.0.0.1:8000/v1", Stage.STT)
    assert is_loopback(mixed.stt_url) and mixed.llm_url == OPENAI.llm_url
    assert not mixed.local
    assert OPENAI.at("http://[::1]:8000/v1").local


def test_a_key_is_in_no_text() -> None:
    assert KEY not in f"{replace(OPENAI, key=Secret(KEY))!r}"


# ---------------------------------------------------------------- the environment


def test_the_environment_is_used_and_reported() -> None:
    found = from_environment(
        {
            "OPENAI_API_KEY": f" {KEY}\n",
            "OPENAI_BASE_URL": "https://eu.example.org/v1",
            "OPENAI_ORG_ID": "org-1",
            "OPENAI_PROJECT_ID": "",
            "https_proxy": "http://proxy:3128",
        }
    )
    assert found.used == ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "HTTPS_PROXY")
    service = found.applied_to(OPENAI)
    assert service.key is not None and service.key.reveal() == KEY
    assert (service.base_url, service.organization, service.project) == ("https://eu.example.org/v1", "org-1", "")
    assert KEY not in repr(found)


def test_what_a_service_says_itself_wins_over_the_environment() -> None:
    found = from_environment({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://eu.example.org/v1"})
    moved = replace(OPENAI.at("http://127.0.0.1:1/v1", Stage.LLM), key=Secret("sk-own"))
    service = found.applied_to(moved)
    assert service.key is moved.key
    assert (service.stt_url, service.llm_url) == ("https://eu.example.org/v1", "http://127.0.0.1:1/v1")


def test_other_services_get_nothing_of_it() -> None:
    found = from_environment({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://x.org/v1", "OPENAI_ORG_ID": "o"})
    assert found.applied_to(GROQ) is GROQ


@pytest.mark.parametrize("key", [f"{KEY}\n{KEY}", f"sk {KEY}", "sk-\x07"])
def test_a_key_with_a_newline_inside_is_refused(key: str) -> None:
    with pytest.raises(VoiceError) as caught:
        from_environment({"OPENAI_API_KEY": key})
    assert caught.value.code is ErrorCode.BAD_KEY and KEY not in caught.value.message


# ---------------------------------------------------------------- found on this machine


async def test_finds_what_runs_here() -> None:
    listed = as_json({"data": [{"id": "qwen2.5:0.5b", "owned_by": "library"}]})
    async with scripted(models(listed)) as server, scripted(models(Answer([b"<html>"]))) as other:
        candidates = [OLLAMA.at(server.url), LLAMA_CPP.at(other.url), VLLM.at("http://127.0.0.1:9/v1"), OPENAI]
        (found,) = await discover(candidates)
        assert (found.service.name, [model.id for model in found.models]) == ("ollama", ["qwen2.5:0.5b"])
        assert "authorization" not in server.requests[0].headers


async def test_one_port_is_one_service() -> None:
    async with scripted(models(as_json({"data": [{"id": "x", "owned_by": "llamacpp"}]}))) as server:
        (found,) = await discover([LOCALAI.at(server.url), LLAMA_CPP.at(server.url)])
        assert found.service.name == "llamacpp"


async def test_what_does_not_answer_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicegui.providers.openai.discovery.PATIENCE_S", 0.2)
    async with scripted(models(Answer([Fault.STALL]))) as server, asyncio.timeout(5):
        assert await discover([OLLAMA.at(server.url)]) == []


@pytest.mark.parametrize(
    ("candidates", "owner", "server", "name"),
    [
        ([LLAMA_CPP, LOCALAI], "llamacpp", "", "llamacpp"),
        ([LLAMA_CPP, LOCALAI], None, "llama.cpp", "llamacpp"),
        ([LLAMA_CPP, LOCALAI], None, "", "localai"),
        ([VLLM, SPEACHES], "vllm", "uvicorn", "vllm"),
        ([VLLM, SPEACHES], "Systran", "uvicorn", "speaches"),
    ],
)
def test_who_it_is(candidates: list[object], owner: str | None, server: str, name: str) -> None:
    answer = {"data": [{"id": "x", "owned_by": owner}]}
    assert recognise(candidates, answer, {"server": server}).name == name  # type: ignore[arg-type]
