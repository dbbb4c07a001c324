"""llama.cpp in the child process."""

import pytest

from voicegui.core.ports import LanguageModel, LimitReached, Message, ReplyText
from voicegui.core.text.reply_filter import ReplyFilter
from voicegui.providers.local import LocalEngine
from voicegui.providers.local.llama import CHARS_PER_TOKEN, CONTEXT_TOKENS, fit, pieces

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def llm(engine: LocalEngine) -> LanguageModel:
    return engine.llm


async def test_warming_answers_nothing(engine: LocalEngine) -> None:
    await engine.warm([Message("system", "You are a friendly voice assistant."), Message("user", "What is")])


async def test_what_fits_is_kept() -> None:
    messages = [Message("system", "short"), Message("user", "one"), Message("assistant", "two")]
    assert fit(messages, 160) == messages


async def test_the_oldest_goes_first() -> None:
    messages = [Message("system", "rule"), *(Message("user", f"{n} " + "x" * 1000) for n in range(40))]
    kept = fit(messages, 160)
    assert kept[0] == messages[0]
    assert list(kept[1:]) == messages[-len(kept) + 1 :]
    assert 5 < len(kept) < 40


async def test_one_huge_text_is_cut() -> None:
    kept = fit([Message("system", "s" * 99_999), Message("user", "u" * 99_999)], 160)
    assert [message.role for message in kept] == ["system", "user"]
    assert sum(len(message.text) for message in kept) < CONTEXT_TOKENS * CHARS_PER_TOKEN


async def test_what_the_model_thinks_is_not_said() -> None:
    unspoken, said = ReplyFilter(), list[ReplyText]()
    for text, finish in (("<thi", None), ("nk>Hm.</think>", None), ("\n\nParis <", None), ("", "length")):
        said += pieces([{"delta": {"content": text}, "finish_reason": finish}], unspoken)
    assert said == ["", "", "Paris ", "<", LimitReached()]
