"""A server whose model reads only so much, and says so in the words of real ones."""

import json
from collections.abc import Callable

from .server import Answer, Request, as_json, sse

CHARACTERS_PER_TOKEN = 4


def tokens_of(request: Request) -> int:
    """As a tokenizer would count them, roughly: all that the template writes, and the room for the answer."""
    body = request.json
    read = json.dumps(body["messages"]) + json.dumps(body.get("tools", []))
    return len(read) // CHARACTERS_PER_TOKEN + int(body.get("max_tokens", body.get("max_completion_tokens", 0)))


def _said(message: str, status: int, **more: object) -> Answer:
    return as_json({"error": {"message": message, **more}}, status)


TOO_LONG: dict[str, Callable[[int, int], Answer]] = {
    "llama.cpp": lambda n, limit: _said(
        f"request ({n} tokens) exceeds the available context size ({limit} tokens), try increasing it",
        400,
        type="exceed_context_size_error",
        n_prompt_tokens=n,
        n_ctx=limit,
    ),
    "llama.cpp, older": lambda n, limit: _said(
        "the request exceeds the available context size. try increasing the context size or enable context shift",
        500,
        code=500,
        type="exceed_context_size_error",
    ),
    "llama.cpp, a batch": lambda n, limit: _said(
        "input is too large to process. increase the physical batch size", 500, type="server_error"
    ),
    "vLLM": lambda n, limit: as_json(
        {
            "object": "error",
            "message": f"This model's maximum context length is {limit} tokens. However, you requested {n} tokens "
            f"({n - 50} in the messages, 50 in the completion). Please reduce the length of the messages.",
            "type": "BadRequestError",
            "code": 400,
        },
        400,
    ),
    "vLLM, newer": lambda n, limit: _said(
        f"'max_tokens' or 'max_completion_tokens' is too large: 50. This model's maximum context length is {limit} "
        f"tokens and your request has {n} input tokens (50 > {limit} - {n}).",
        400,
        param="max_tokens",
    ),
    "vLLM, the decoder": lambda n, limit: _said(
        f"The decoder prompt (length {n}) is longer than the maximum model length of {limit}. Make sure that "
        "`max_model_len` is no smaller than the number of text tokens.",
        400,
    ),
    "Ollama": lambda n, limit: _said(
        f"prompt too long; exceeded max context length by {n - limit} tokens", 400, type="api_error"
    ),
    "Ollama, as trouble": lambda n, limit: as_json(
        {"error": "the input length exceeds the context length"}, 500
    ),
    "OpenAI": lambda n, limit: _said(
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {n} tokens.",
        400,
        code="context_length_exceeded",
        param="messages",
    ),
    "OpenAI, newer": lambda n, limit: _said(
        f"Input tokens exceed the configured limit of {limit} tokens. Your messages resulted in {n} tokens.",
        400,
        code="context_length_exceeded",
    ),
    "OpenAI, a minute's worth": lambda n, limit: _said(
        f"Request too large for gpt-x on tokens per min (TPM): Limit {limit}, Requested {n}.",
        429,
        type="tokens",
        code="rate_limit_exceeded",
    ),
    "Groq": lambda n, limit: _said(
        f"Request too large for model `x` on tokens per minute (TPM): Limit {limit}, Requested {n}, please reduce your "
        "message size and try again.",
        413,
        type="tokens",
        code="rate_limit_exceeded",
    ),
    "LM Studio": lambda n, limit: as_json(
        {
            "error": f"Trying to keep the first {n} tokens when context the overflows. However, the model is loaded "
            f"with context length of only {limit} tokens, which is not enough."
        },
        400,
    ),
    "LM Studio, older": lambda n, limit: as_json(
        {"error": "The number of tokens to keep from the initial prompt is greater than the context length."}, 400
    ),
    "LM Studio, in the stream": lambda n, limit: sse({"error": {"message": "Context size has been exceeded."}}),
    "Gemini": lambda n, limit: as_json(
        [
            {
                "error": {
                    "code": 400,
                    "message": f"The input token count ({n}) exceeds the maximum number of tokens allowed ({limit}).",
                    "status": "INVALID_ARGUMENT",
                }
            }
        ],
        400,
    ),
    "Mistral": lambda n, limit: as_json(
        {
            "object": "error",
            "message": f"Prompt contains {n} tokens and 0 draft tokens, too large for model with {limit} maximum "
            "context length",
            "type": "invalid_request_invalid_args",
            "code": "3051",
        },
        400,
    ),
    "TGI": lambda n, limit: as_json(
        {
            "error": f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {limit}. Given: {n}",
            "error_type": "validation",
        },
        422,
    ),
    "SGLang": lambda n, limit: _said(
        f"The input ({n} tokens) is longer than the model's context length ({limit} tokens).", 400
    ),
    "TabbyAPI": lambda n, limit: as_json(
        {"detail": f"Prompt length {n} is greater than max_seq_len {limit}"}, 400
    ),
    "llama-cpp-python": lambda n, limit: _said(f"Requested tokens ({n}) exceed context window of {limit}", 500),
    "Anthropic": lambda n, limit: _said(f"prompt is too long: {n} tokens > {limit} maximum", 400),
    "Bedrock": lambda n, limit: as_json({"message": "Input is too long for requested model."}, 400),
    "xAI": lambda n, limit: as_json(
        {"error": f"This model's maximum prompt length is {limit} but the request contains {n} tokens."}, 400
    ),
    "LocalAI": lambda n, limit: _said(
        f"rpc error: code = Internal desc = request ({n} tokens) exceeds the available context size ({limit})", 500
    ),
    "nginx": lambda n, limit: Answer([b"<html><h1>413 Request Entity Too Large</h1></html>"], 413, kind="text/html"),
}  # fmt: skip


def reading(limit: int, words: str, answer: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """`answer` for what fits into `limit` tokens."""

    def choose(request: Request) -> Answer:
        if not request.path.endswith("/chat/completions"):
            return answer(request)
        tokens = tokens_of(request)
        return answer(request) if tokens <= limit else TOO_LONG[words](tokens, limit)

    return choose
