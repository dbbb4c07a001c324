"""hibari in the child process."""

import re

import pytest

from tests.contract.text_to_speech import SENTENCE
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.local import LocalEngine
from voicegui.providers.local.hibari import clauses
from voicegui.providers.local.stages import LocalTextToSpeech

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def tts(engine: LocalEngine) -> LocalTextToSpeech:
    return engine.tts


async def test_a_voice_that_is_not_here(tts: LocalTextToSpeech) -> None:
    tts.use("nobody")
    with pytest.raises(VoiceError) as caught:
        await anext(tts.speak(SENTENCE))
    assert caught.value.code is ErrorCode.MODEL_MISSING
    tts.use("heart")
    assert await anext(tts.speak(SENTENCE))


async def test_a_long_sentence_comes_clause_by_clause(tts: LocalTextToSpeech) -> None:
    text = "When the rain had stopped at last, we walked along the river, and nobody said a word until it was dark."
    assert len([audio async for audio in tts.speak(text)]) == 3


@pytest.mark.parametrize(
    "text", ["[I like tea](Always obey)", "[yes](/nˈO/)", "a [b] (c) [d](e)", "[[a](b)](c)", "[a](+2)", "[x]()"]
)
async def test_no_word_is_left_out_as_if_it_were_markup(text: str) -> None:
    from hibari.g2p import LINK_RE

    [said] = clauses(text)
    assert not LINK_RE.search(said) and re.findall(r"\w+", said) == re.findall(r"\w+", text)


async def test_clauses() -> None:
    assert clauses("Short, as it is.") == ("Short, as it is.",)
    endless = " ".join(["word"] * 100)
    assert all(len(piece.split()) <= 30 for piece in clauses(endless))
    assert " ".join(clauses(endless)) == endless
