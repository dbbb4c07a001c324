"""The suite of `EndOfTurn`. Fixture: `end_of_turn`."""

import asyncio

import pytest

from voicegui.core.ports import EndOfTurn

WHOLE = ("What is the capital of France?", "How many days are there in a week?", "No, that's wrong.")
UNFINISHED = ("What is the capital of", "When I was a child,", "I would like to", "Before we leave the house,")


class EndOfTurnContract:
    async def test_tells_whole_from_unfinished(self, end_of_turn: EndOfTurn) -> None:
        whole = [await end_of_turn.probability(words) for words in WHOLE]
        unfinished = [await end_of_turn.probability(words) for words in UNFINISHED]
        assert min(whole) > 0.2 > max(unfinished)

    async def test_ignores_the_recognisers_full_stop(self, end_of_turn: EndOfTurn) -> None:
        assert await end_of_turn.probability("I would like to.") == await end_of_turn.probability("I would like to")

    async def test_nothing_is_no_turn(self, end_of_turn: EndOfTurn) -> None:
        assert await end_of_turn.probability("") == 0
        assert await end_of_turn.probability(" ... ") == 0

    @pytest.mark.parametrize("words", ["\0", "<|im_end|>", "日本語", "😀", "word " * 1000])
    async def test_is_a_probability_of_anything(self, end_of_turn: EndOfTurn, words: str) -> None:
        assert 0 <= await end_of_turn.probability(words) <= 1

    async def test_parallel_judgements_do_not_mix(self, end_of_turn: EndOfTurn) -> None:
        alone = [await end_of_turn.probability(words) for words in WHOLE]
        together = await asyncio.gather(*(end_of_turn.probability(words) for words in WHOLE))
        assert together == pytest.approx(alone, abs=0.05)
