"""Models that cannot chat are passed over, and it is said."""

from collections.abc import Callable, Mapping

import pytest

from tests.openai_server.script import chat, models, scripted
from tests.openai_server.server import Answer, Request, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.models import ModelUse, parse_models, use_of
from voicegui.providers.openai.service import OLLAMA

from .conftest import compatible_at, refusal, talking, words

NO_TALK = [
    "all-minilm:latest",
    "all-MiniLM-L6-v2",
    "nomic-embed-text:v1.5",
    "mxbai-embed-large",
    "snowflake-arctic-embed2",
    "bge-m3",
    "embeddinggemma",
    "qwen3-embedding:0.6b",
    "intfloat/e5-large-v2",
    "thenlper/gte-base",
    "jinaai/jina-reranker-v2",
    "text-embedding-3",
    "paraphrase-multilingual",
    "gemini-embedding-001",
    "mistral-embed",
    "colbertv2",
    "voyage-3",
    "bert-base-uncased",
    "BAAI/bge-reranker",
    "omni-moderation-latest",
    "llama-guard-4-12b",
    "meta-llama/Llama-Prompt-Guard-2",
    "openai/gpt-oss-safeguard-20b",
    "shieldgemma:2b",
    "whisper-large-v3-turbo",
    "distil-whisper-large",
    "canary-qwen-2.5b",
    "parakeet-tdt-0.6b",
    "gpt-transcribe",
    "sensevoice-small",
    "tts-1",
    "playai-tts",
    "kokoro-82m",
    "orpheus-3b",
    "piper-en",
    "chatterbox-turbo",
    "cosyvoice-2",
    "dall-e-3",
    "gpt-image-2",
    "flux.1-schnell",
    "stable-diffusion-3",
    "sd3-medium",
    "imagen-4.0",
    "gpt-realtime-2.1",
]
TALK = [
    "llama3.2:3b",
    "qwen3:8b",
    "gpt-6-luna",
    "gemma3:4b",
    "mistral-small",
    "phi4-mini",
    "deepseek-v4-flash",
    "gemini-3-flash",
    "claude-haiku-5",
    "kimi-k2.6",
    "gpt-oss:20b",
    "granite4",
    "glm-5",
    "smollm3",
    "hermes-4",
    "command-r7b",
    "qwen2.5-vl-7b",
    "openai/gpt-oss-120b",
    "devstral",
    "magistral",
    "lfm2",
    "exaone-4",
    "llava:7b",
    "nemotron-nano",
    "falcon-h1",
    "olmo-3",
    "deepseek-r1:8b",
    "nous-albert-chat",
]


@pytest.mark.parametrize("id", NO_TALK)
def test_what_is_no_model_to_talk_with_is_known_by_its_name(id: str) -> None:
    assert use_of(id) is not ModelUse.LLM


@pytest.mark.parametrize("id", TALK)
def test_what_is_one_is_not_mistaken(id: str) -> None:
    assert use_of(id) is ModelUse.LLM


@pytest.mark.parametrize(
    ("told", "role"),
    [
        ({"type": "embeddings"}, ModelUse.OTHER),
        ({"type": "llm"}, ModelUse.LLM),
        ({"type": "vlm"}, ModelUse.LLM),
        ({"type": "chat"}, ModelUse.LLM),
        ({"type": "rerank"}, ModelUse.OTHER),
        ({"type": "moderation"}, ModelUse.OTHER),
        ({"type": "image"}, ModelUse.OTHER),
        ({"type": "language"}, ModelUse.LLM),
        ({"task": "chat-completion"}, ModelUse.LLM),
        ({"task": "embeddings"}, ModelUse.OTHER),
        ({"task": "feature-extraction"}, ModelUse.OTHER),
        ({"mode": "audio_transcription", "object": "model"}, ModelUse.LLM),
        ({"capabilities": {"completion_chat": False}}, ModelUse.OTHER),
        ({"capabilities": {"completion_chat": True}}, ModelUse.LLM),
        ({"capabilities": ["embedding"]}, ModelUse.OTHER),
        ({"capabilities": ["completion", "tools"]}, ModelUse.LLM),
        ({"capabilities": []}, ModelUse.LLM),
        ({"architecture": {"output_modalities": ["text"]}}, ModelUse.LLM),
        ({"architecture": {"output_modalities": ["image"]}}, ModelUse.OTHER),
        ({"architecture": {"output_modalities": ["audio"]}}, ModelUse.TTS),
        ({"architecture": "transformer", "type": 7, "capabilities": "chat"}, ModelUse.LLM),
    ],
)
def test_what_a_server_tells_of_a_model_decides(told: Mapping[str, object], role: ModelUse) -> None:
    (model,) = parse_models({"data": [{"id": "plain-name", **told}]})
    assert model.role is role


CANNOT = {
    "Gemini": as_json(refusal("x", "models/odd is not supported for generateContent."), 400),
    "vLLM, a model without a form of talk": as_json(
        refusal(
            "x",
            "default chat template is no longer allowed, so you must provide a chat template if the tokenizer "
            "does not define one.",
        ),
        400,
    ),
    "Ollama": as_json({"error": {"message": '"odd" does not support chat', "type": "api_error", "code": None}}, 400),
    "old Ollama": as_json({"error": "embedding models do not support chat"}, 400),
    "generate": as_json({"error": '"odd" does not support generate'}, 400),
    "OpenAI": as_json(
        refusal(
            "model_not_found",
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use "
            "v1/completions?",
        ),
        404,
    ),
    "responses only": as_json(
        refusal("x", "This model is only supported in v1/responses and not in v1/chat/completions."), 404
    ),
    "Groq": as_json(refusal("x", "The model `odd` does not support chat completions"), 400),
    "vLLM": as_json(
        {"object": "error", "message": "The model does not support Chat Completions API", "code": 400}, 400
    ),
    "llama.cpp": as_json({"error": {"code": 501, "message": "This server does not support completions."}}, 501),
    "LM Studio": as_json({"error": "Model is not llm."}, 400),
    "another": as_json({"error": {"message": "odd is an embedding model"}}, 422),
}


@pytest.mark.parametrize("refused", CANNOT.values(), ids=CANNOT)
async def test_the_next_model_that_can_chat_is_taken_and_said(refused: Answer) -> None:
    def expect(id: str) -> Callable[[Request], object]:
        return lambda request: request.json["model"] == id

    listed = as_json({"data": [{"id": "odd"}, {"id": "whisper-1"}, {"id": "good"}, {"id": "better"}]})
    steps = (
        models(listed),
        chat(refused, expect("odd")),
        chat(sse(*words("Yes.")), expect("good")),
        chat(sse(*words("Yes.")), expect("good")),
    )
    async with scripted(*steps) as server, talking(OLLAMA.at(server.url)) as talk:
        llm = talk.engine.llm()
        await talk.engine.start(lambda loading: None)
        for _ in range(2):
            assert await talk.ask_with(llm=llm) == ["Yes."]
        assert talk.told == ["The model odd of Ollama is no model to talk with: good answers."]


async def test_one_that_is_known_to_be_none_is_not_asked_and_it_is_said() -> None:
    def expect(request: Request) -> bool:
        return bool(request.json["model"] == "llama3.2:3b")

    listed = as_json({"data": [{"id": "all-minilm:latest"}, {"id": "nomic-embed-text"}, {"id": "llama3.2:3b"}]})
    async with (
        scripted(models(listed), chat(sse(*words("Yes.")), expect)) as server,
        talking(OLLAMA.at(server.url)) as talk,
    ):
        llm = talk.engine.llm()
        await talk.engine.start(lambda loading: None)
        assert await talk.ask_with(llm=llm) == ["Yes."]
        assert talk.told == ["The model all-minilm:latest of Ollama is no model to talk with: llama3.2:3b answers."]


@pytest.mark.parametrize("refused", CANNOT.values(), ids=CANNOT)
async def test_a_model_that_was_chosen_is_not_replaced_but_told(refused: Answer) -> None:
    async with scripted(chat(refused)) as server, talking(compatible_at(server.url)) as talk:
        with pytest.raises(VoiceError, match="The model small of .* is no model to talk with") as caught:
            await talk.think()
        assert (caught.value.code, caught.value.retryable) == (ErrorCode.MODEL_UNKNOWN, False)
        assert talk.waits.seconds == []


@pytest.mark.parametrize("type", ["api_error", "server_error", "internal_server_error", "overloaded_error"])
async def test_a_refusal_is_no_trouble_of_the_server_whatever_its_type(type: str) -> None:
    refused = as_json({"error": {"message": "No.", "type": type, "code": None}}, 400)
    async with scripted(chat(refused)) as server, talking(compatible_at(server.url)) as talk:
        with pytest.raises(VoiceError, match="did not take the request") as caught:
            await talk.think()
        assert caught.value.code is ErrorCode.BAD_REQUEST and talk.waits.seconds == []
