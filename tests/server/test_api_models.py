"""Which models a program finds: those of the server, and OpenAI's names for them."""

import openai
import pytest

from .api_server import answering, refused, serving


async def test_the_models_of_each_stage_and_their_aliases_are_listed() -> None:
    async with serving() as server, server.client() as client:
        listed = {model.id: model for model in (await client.models.list()).data}
    roots = {name: model.model_extra["root"] for name, model in listed.items() if model.model_extra}
    assert roots["moonshine"] == roots["whisper-1"] == roots["gpt-4o-mini-transcribe"] == "moonshine"
    assert roots["tts-1"] == roots["gpt-4o-mini-tts"] == "hibari"
    assert roots["gpt-4o-mini"] == roots["gpt-4.1-mini"] == "qwen2.5-0.5b"
    assert {model.object for model in listed.values()} == {"model"}
    assert {model.owned_by for model in listed.values()} == {"local"}


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("whisper-1", "moonshine"), ("hibari", "hibari"), ("gpt-4o-mini-2024-07-18", "qwen2.5-0.5b"),
        ("gpt-4o-mini-transcribe-2025-12-15", "moonshine"), ("gpt-4o-mini-tts-2025-12-15", "hibari"),
    ],
)  # fmt: skip
async def test_one_model_is_described(name: str, root: str) -> None:
    async with serving() as server:
        model = await server.sync(lambda client: client.models.retrieve(name))
    assert (model.id, model.model_extra["root"]) == (name, root)


@pytest.mark.parametrize(
    "name",
    [
        "gpt-9", "dall-e-3", "gpt-4o-transcribe-diarize", "text-embedding-3-small", "org/model", "WHISPER-1",
        "wh isper", "…", "ünï", "x" * 5000, "-2024-07-18",
    ],
)  # fmt: skip
async def test_an_unknown_model_is_not_found(name: str) -> None:
    async with serving() as server, server.client() as client:
        with pytest.raises(openai.NotFoundError) as error:
            await client.models.retrieve(name)
    assert error.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/chat/completions", "tts-1"), ("/chat/completions", "whisper-1"), ("/chat/completions", "gpt-9"),
        ("/audio/speech", "gpt-4o-mini"), ("/audio/speech", "moonshine"), ("/audio/speech", "tts-9"),
    ],
)  # fmt: skip
async def test_no_other_model_answers_than_the_one_that_is_meant(path: str, model: str) -> None:
    async with answering() as server:
        refused(await server.post(path, {"model": model}), 404, "model", "model_not_found")
        refused(await server.post(path, {"model": 7}), 400, "model", "invalid_type")
        refused(await server.post(path, {}), 400, "model", "missing_required_parameter")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404), ("POST", "/embeddings", 404), ("GET", "/audio", 404), ("GET", "/chat/completions", 405),
        ("DELETE", "/models/whisper-1", 405), ("POST", "/models", 405), ("PUT", "/audio/speech", 405),
        ("POST", "/audio/translations", 404), ("POST", "/completions", 404), ("GET", "/audio/transcriptions", 405),
    ],
)  # fmt: skip
async def test_what_is_not_there_is_told_in_the_form_of_the_api(method: str, path: str, status: int) -> None:
    async with answering() as server, server.raw() as client:
        refused(await client.request(method, path), status, code="unknown_url")


async def test_every_route_needs_the_key() -> None:
    async with serving() as server, server.raw() as client:
        client.headers["Authorization"] = "Bearer wrong"
        for method, path in (("GET", "/models"), ("POST", "/chat/completions"), ("POST", "/audio/speech")):
            refused(await client.request(method, path), 401, code="wrong_key")
