"""`voicegui ask` with servers that are strict, odd or short of room: the whole way from the question to its answer."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.openai_server.limits import TOO_LONG, reading
from tests.openai_server.server import Answer, Request, as_json, serving, sse
from tests.openai_server.templates import strict
from tests.openai_server.tools import called, calling

from .test_ask_services import ask, models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("smallest_model_file")]

QUESTION = "What is 17 times 23?"
SUM = {"expression": "17*23"}
END = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
CALLED = {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}
THOUGHT = {"choices": [{"delta": {"reasoning": " hm"}, "finish_reason": None}]}
SIGNED = {"google": {"thought_signature": "c2ln"}}


def words(text: str, finish: str = "stop") -> Answer:
    return sse({"choices": [{"delta": {"content": text}}]}, {"choices": [{"delta": {}, "finish_reason": finish}]})


def piece(text: str) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]}


def at_first(*answers: Answer) -> Callable[[Request], Answer]:
    """These answers, one after the other, and then the outcome of the call or “It is Oslo.”"""
    left = list(answers)
    return lambda request: left.pop(0) if left else outcome(request)


def outcome(request: Request) -> Answer:
    last = request.json["messages"][-1]
    return words(f"It is {last['content']}." if last["role"] == "tool" else "It is Oslo.")


def wanted_back(request: Request) -> Answer:
    calls = [message for message in request.json["messages"] if message.get("tool_calls")]
    if not calls:
        call = {"index": 0, "id": "c", "function": {"name": "calculate", "arguments": '{"expression": "17*23"}'}}
        return sse(
            {"choices": [{"delta": {"reasoning_content": "Hm"}}]},
            {"choices": [{"delta": {"tool_calls": [{**call, "extra_content": SIGNED}]}}]},
            CALLED,
        )
    if calls[0].get("reasoning_content") != "Hm" or calls[0]["tool_calls"][0].get("extra_content") != SIGNED:
        return as_json([{"error": {"code": 400, "message": "Function call is missing a thought_signature"}}], 400)
    return outcome(request)


def no_chat_with(id: str) -> Callable[[Request], Answer]:
    refused = as_json({"error": {"message": f'"{id}" does not support chat', "type": "api_error"}}, 400)
    return lambda request: refused if request.json["model"] == id else outcome(request)


def thinking_unless_told(request: Request) -> Answer:
    off = request.json.get("chat_template_kwargs", {}).get("enable_thinking") is False
    return (
        words("It is Oslo.") if off else sse(*[THOUGHT] * 120, {"choices": [{"delta": {}, "finish_reason": "length"}]})
    )


CHATS: dict[str, tuple[Callable[[Request], Answer], str, str]] = {
    "thoughts that can be switched off": (thinking_unless_told, "It is Oslo.", ""),
    "an empty object, then the arguments": (
        at_first(
            sse(
                called(0, id="a", name="calculate", arguments="{}"),
                called(0, arguments='{"expression": "17*23"}'),
                CALLED,
            )
        ),
        "391",
        "",
    ),
    "stop in every piece": (
        at_first(sse(*(piece(text) for text in ("", "It ", "is Oslo.")))),
        "It is Oslo.",
        "",
    ),
    "a strict template": (strict("Gemma 3", at_first(sse(*calling(("a", "calculate", SUM))))), "Oslo", ""),
    "another strict template": (strict("Mistral", at_first(sse(*calling(("a", "calculate", SUM))))), "391", ""),
    "one without a system": (strict("Gemma 2", outcome, words="llama.cpp"), "It is Oslo.", ""),
    "no model to talk with": (no_chat_with("odd"), "It is Oslo.", "odd"),
    "room for 4,096 tokens": (reading(4_096, "llama.cpp, older", outcome), "It is Oslo.", ""),
    "room for 1,500 tokens": (reading(1_500, "vLLM", outcome), "It is Oslo.", "no room for all tools"),
    "fields that are wanted back": (wanted_back, "391", ""),
    "a slip": (
        at_first(
            as_json({"error": {"message": "Failed to call a function.", "code": "tool_use_failed"}}, 400),
            sse(*calling(("a", "calculate", SUM))),
        ),
        "391",
        "",
    ),
    "a slip of Ollama": (at_first(as_json({"error": "error parsing tool call: raw='x'"}, 500)), "It is Oslo.", ""),
}  # fmt: skip


def served(chat: Callable[[Request], Answer], listed: Sequence[Mapping[str, object]]) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        if request.path.endswith("/models"):
            return as_json({"data": listed})
        return chat(request) if request.path.endswith("/chat/completions") else models().answer(request)

    return answer


def options(url: str) -> list[str]:
    stages = ("stt", "llm", "tts")
    return ["--text", QUESTION, *(word for stage in stages for word in (f"--{stage}", "custom", f"--{stage}-url", url))]


LISTED = ({"id": "odd"}, {"id": "whisper-1"}, {"id": "good"}, {"id": "kokoro"})


@pytest.mark.parametrize("kind", CHATS)
async def test_the_question_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    chat, said, told = CHATS[kind]
    async with serving(served(chat, LISTED)) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, *options(server.url))
    assert code == 0, errors
    assert said in output.splitlines()[1]
    assert told in errors and len(errors.splitlines()) == bool(told)


@pytest.mark.parametrize(
    ("chat", "sentence"),
    [
        (lambda request: sse(*[THOUGHT] * 120, END), "Raise “Longest answer” in the settings"),
        (lambda request: words("", "length"), "Raise “Longest answer” in the settings"),
        (lambda request: TOO_LONG["llama.cpp"](9_000, 400), "is too long for the model odd"),
        (lambda request: TOO_LONG["Ollama, as trouble"](9_000, 400), "is too long for the model odd"),
        (lambda request: TOO_LONG["nginx"](9_000, 400), "is too long for the model odd"),
        (lambda request: as_json({"error": {"message": "No.", "type": "api_error"}}, 400), "did not take the request"),
        (lambda request: as_json({"error": {"message": "not a chat model"}}, 404), "no model to talk with"),
        (lambda request: as_json({"error": "error parsing tool call"}, 500), "a way that it cannot read itself"),
    ],
)
async def test_what_cannot_be_mended_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chat: Callable[[Request], Answer], sentence: str
) -> None:
    async with serving(served(chat, [LISTED[0], LISTED[1], LISTED[3]])) as server:
        code, output, errors = await ask(tmp_path, monkeypatch, server.url, *options(server.url))
    assert code == 4 and "Agent:" not in output
    assert sentence in errors and "trouble of its own" not in errors
