"""All that remedies, texts of events and the line of the state say goes through the catalogue."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import voicegui
from tests.pseudo_language import BEGIN, END, PSEUDO, own_words
from tests.ui.fake_session import FakeSession
from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Phase, ProblemAppeared, StateChanged, TurnFailed, problem_of
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import use_translations
from voicegui.ui.event_texts import amounts, describe_loading, not_taken, passed_note, size
from voicegui.ui.remedies import loading_remedies, problem_remedies, remedies
from voicegui.ui.status import StatusText, status_before, status_of, status_of_problem
from voicegui.ui.window import MainWindow


@pytest.fixture(autouse=True)
def _pseudo() -> Iterator[None]:
    use_translations(shown=PSEUDO)
    yield
    use_translations()


def is_translated(text: str) -> bool:
    return text.startswith(BEGIN) and text.endswith(END) and own_words(text) == ""


def test_every_state_is_told_in_the_language() -> None:
    flags = product([True, False], repeat=6)
    states = [StateChanged(phase, *each) for each in flags for phase in Phase]
    told = [status_of(state) for state in states]
    told += [status_before(ready=ready, loading=loading) for ready, loading in product([True, False], repeat=2)]
    for status in told:
        assert is_translated(status.word) and (not status.hint or is_translated(status.hint))


def test_a_problem_is_named_in_the_language() -> None:
    problem = problem_of("engine", VoiceError(ErrorCode.OFFLINE, "look at it.", heading="It is off"))
    status = status_of_problem(problem)
    assert status.word == "⟦Problem: It is off: look at it.⟧"
    assert (status.heading, status.detail) == ("It is off", "look at it.")


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_remedy_is_offered_in_the_language(code: ErrorCode) -> None:
    session = FakeSession()
    ways = [*remedies(TurnFailed(1, code, "", retryable=True, audio_kept=True))]
    for source, alternative, missing in product(("engine", "microphone", "speaker"), ("", "builtin"), (0, 10**9)):
        ways += problem_remedies(session, ProblemAppeared(source, code, "", "", alternative, missing))
    ways += loading_remedies(session, LoadingProgress("Qwen", 1, 2))
    assert len(ways) > 12 and all(is_translated(way.label) for way in ways)


@pytest.mark.parametrize("seconds", [1, 60, 89, 90, 600, 5399, 5400, 90_000])
def test_downloads_are_told_in_the_language(seconds: int) -> None:
    loading = LoadingProgress("⟦Qwen⟧", 10**9, 10**9 + seconds * 10**6, 10**6)
    assert own_words(describe_loading(loading)) == "" and all(map(is_translated, amounts(loading)))
    assert len(amounts(loading)) == 2 and is_translated(size(98_362_432)) and is_translated(size(5 * 10**9))


@pytest.mark.parametrize("why", list(Passed))
def test_sounds_over_a_reply_are_told_in_the_language(why: Passed) -> None:
    for told in (not_taken("mm-hm", "", "yes"), passed_note("mm-hm", why), passed_note("", why)):
        assert is_translated(told)


def test_the_line_of_the_state_is_named_in_the_language(window: MainWindow) -> None:
    line = window.dock.status
    line.show_status(StatusText("speaker", "x", "agent", beside=StatusText("speaker", "y", "agent")), ())
    assert line.label.accessibleName() == "⟦State: x⟧" and line.label.accessibleDescription() == "⟦State: y⟧"


_LOOKS_UP = {"shown", "shown_plural", "marked"}
_WORDS = re.compile(r"[A-Za-z]{2,}.*[ …].*[A-Za-z]|^[A-Z][a-z]+\b|[a-z]…$| [A-Za-z]{2}")


@pytest.mark.parametrize("name", ["remedies", "event_texts", "status"])
def test_no_sentence_of_these_modules_is_left_out(name: str) -> None:
    tree = ast.parse((Path(voicegui.__file__).parent / f"ui/{name}.py").read_text(encoding="utf-8"))
    looked_up = {
        id(text)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _LOOKS_UP
        for text in call.args
    }
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.search(node.value)
        and id(node) not in looked_up | documents
    ]  # fmt: skip
    assert left == ["StatusText | None"] * (name == "status")
