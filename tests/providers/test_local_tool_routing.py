"""Tools of local models, with the smallest one: not clever, but held to what was said."""

import asyncio
import json

import pytest

from tests.local_tools.tools import ISSUE, TOOLS
from voicegui.core.ports import LanguageModel, Message
from voicegui.core.tools import ToolCall
from voicegui.providers.local import LocalEngine

from .conftest import PROMPT

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def llm(engine: LocalEngine) -> LanguageModel:
    return engine.llm


@pytest.mark.parametrize(
    "request_",
    [
        "Set a timer for 5 minutes, call it “tea & {toast}”!",
        "Is the weather fine in São Paulo, or in 東京?",
        "timer \" \\ \\n {} [] ^$ .* | ( ) ' ` </s> <|im_end|>",
        "timer " + "and on " * 36,
        "%",
    ],
)
async def test_arguments_are_words_of_the_request(llm: LanguageModel, request_: str) -> None:
    pieces = [piece async for piece in llm.reply([*PROMPT, Message("user", request_)], max_tokens=4, tools=TOOLS)]
    for call in (piece for piece in pieces if isinstance(piece, ToolCall)):
        texts = (value for key, value in json.loads(call.arguments).items() if key in ("place", "duration", "name"))
        assert all(word in request_ for text in texts for word in text.split())
    assert pieces


async def test_a_description_cannot_speak(llm: LanguageModel) -> None:
    """The tool's text tells it to call it always: for words that are not about it, nobody asks."""
    pieces = [p async for p in llm.reply([*PROMPT, Message("user", "How are you?")], max_tokens=8, tools=[ISSUE])]
    assert pieces and not any(isinstance(piece, ToolCall) for piece in pieces)


async def test_choices_and_replies_by_turns(engine: LocalEngine) -> None:
    """Some are cancelled; each of the others gets its answer."""
    talk = [*PROMPT, Message("user", "Tell me a story.")]
    asking = [*PROMPT, Message("user", "Set a timer for five minutes.")]
    for _ in range(3):
        choosing = asyncio.ensure_future(anext(engine.llm.reply(asking, max_tokens=8, tools=TOOLS)))
        await asyncio.sleep(0)
        choosing.cancel()
        await asyncio.gather(choosing, return_exceptions=True)
        assert [piece async for piece in engine.llm.reply(talk, max_tokens=4)]
        assert [piece async for piece in engine.llm.reply(asking, max_tokens=4, tools=TOOLS)]
