"""The suite of `LanguageModel`. Fixture: `llm`."""

import asyncio

import pytest

from voicegui.core.ports import LanguageModel, LimitReached, Message, ReplyPiece

SYSTEM = Message("system", "You are a friendly voice assistant.")
STORY = (SYSTEM, Message("user", "Tell me a long story about a fox and a crow."))
GREETING = (SYSTEM, Message("user", "Hello, how are you?"))


async def whole(llm: LanguageModel, messages: tuple[Message, ...], max_tokens: int = 24) -> str:
    return "".join([piece for piece in await pieces_of(llm, messages, max_tokens) if isinstance(piece, str)])


async def pieces_of(llm: LanguageModel, messages: tuple[Message, ...], max_tokens: int) -> list[ReplyPiece]:
    return [piece async for piece in llm.reply(messages, max_tokens=max_tokens)]


class LanguageModelContract:
    async def test_streams_words(self, llm: LanguageModel) -> None:
        pieces = [piece for piece in await pieces_of(llm, STORY, 24) if isinstance(piece, str)]
        assert len(pieces) > 3
        assert all(pieces)
        assert any(letter.isalpha() for letter in "".join(pieces))

    async def test_keeps_to_its_limit(self, llm: LanguageModel) -> None:
        assert 1 <= len((await whole(llm, STORY, max_tokens=4)).split()) <= 4

    async def test_tells_that_the_limit_cut_it(self, llm: LanguageModel) -> None:
        pieces = await pieces_of(llm, STORY, 4)
        assert [index for index, piece in enumerate(pieces) if isinstance(piece, LimitReached)] == [len(pieces) - 1]

    async def test_closing_stops_it(self, llm: LanguageModel) -> None:
        story = llm.reply(STORY, max_tokens=2000)
        await anext(story)
        await story.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(story)
        # 2000 tokens take most of a minute: a model that went on would not let this one in
        async with asyncio.timeout(10):
            assert await whole(llm, GREETING, max_tokens=8)

    async def test_cancelling_stops_it(self, llm: LanguageModel) -> None:
        waiting = asyncio.create_task(whole(llm, STORY, max_tokens=2000))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(10):
            assert await whole(llm, GREETING, max_tokens=8)

    async def test_parallel_replies_do_not_mix(self, llm: LanguageModel) -> None:
        replies = await asyncio.gather(*(whole(llm, messages, 8) for messages in (STORY, GREETING, STORY)))
        assert all(replies)

    @pytest.mark.parametrize("text", ["", " ", "\0", "<|im_end|>", "日本語 😀", "word " * 400])
    async def test_survives_odd_text(self, llm: LanguageModel, text: str) -> None:
        await whole(llm, (SYSTEM, Message("user", text)), max_tokens=2)
        assert await whole(llm, GREETING, max_tokens=2)
