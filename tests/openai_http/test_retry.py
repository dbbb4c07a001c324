"""When something is asked again, and after how long."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from voicegui.core.wording import sentence
from voicegui.providers.openai.errors import BadAnswer, Dropped
from voicegui.providers.openai.retry import RetryPolicy, retry_after

from .conftest import Waits

NOW = 1_000_000_000.0  # Sun, 09 Sep 2001 01:46:40 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-1"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Sun, 09 Sep 2001 01:46:44 GMT"}, 4.0),
        ({"retry-after": "Sun, 09 Sep 2001 01:40:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 09 Sep 2001 05:00:03 GMT", "date": "Sun, 09 Sep 2001 05:00:00 GMT"}, 3.0),
        ({"retry-after": "Sun, 09 Sep 2001 01:46:44 GMT", "date": "nonsense"}, 4.0),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


class Attempts:
    """Yields what each attempt is given: pieces, or an error to raise."""

    def __init__(self, *attempts: list[str | Exception]) -> None:
        self.left = list(attempts)

    async def __call__(self) -> AsyncGenerator[str, None]:
        for step in self.left.pop(0):
            if isinstance(step, Exception):
                raise step
            yield step


async def all_of(retry: RetryPolicy, attempts: Attempts) -> list[str]:
    async with aclosing(retry.stream(attempts)) as pieces:
        return [piece async for piece in pieces]


async def test_nothing_is_repeated_once_it_was_yielded() -> None:
    attempts, got = Attempts(["one", Dropped()], ["never"]), []
    with pytest.raises(Dropped):
        async for piece in Waits().retry().stream(attempts):
            got.append(piece)
    assert got == ["one"] and len(attempts.left) == 1


async def test_waits_grow_with_some_chance() -> None:
    waits = Waits()
    attempts = Attempts([Dropped()], [Dropped()], ["well"])
    assert await all_of(RetryPolicy(chance=iter((0.0, 1.0)).__next__, sleep=waits.sleep), attempts) == ["well"]
    assert waits.seconds == [0.125, 0.75]


async def test_the_budget_bounds_the_waiting() -> None:
    waits = Waits()
    with pytest.raises(Dropped):
        await all_of(
            RetryPolicy(budget_s=0.3, chance=lambda: 0.5, sleep=waits.sleep), Attempts([Dropped()], [Dropped()])
        )
    assert waits.seconds == [0.25]


@pytest.mark.parametrize("error", [BadAnswer(sentence("x")), ValueError(), TimeoutError(), ZeroDivisionError()])
async def test_what_will_not_pass_is_not_tried_again(error: Exception) -> None:
    attempts = Attempts([error], ["never"])
    with pytest.raises(type(error)):
        await all_of(Waits().retry(), attempts)
    assert len(attempts.left) == 1
