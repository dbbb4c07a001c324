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
    assert status.word == "⟦Problem: ⟦It is off: look at it.⟧⟧"
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


# ---------------------------------------------------------------- what tools find

_LOOKS_UP = {"shown": 1, "spoken": 1, "marked": 1, "sentence": 1, "shown_plural": 2, "spoken_plural": 2}
"""How many of the first arguments are texts."""
_WORDS = re.compile(r"[A-Za-z]{2,}.*[ …].*[A-Za-z]|^[A-Z][a-z]+\b|[a-z]…$| [A-Za-z]{2}")
_MODULES = sorted(path for path in (Path(voicegui.__file__).parent / "ui").glob("*.py") if path.name != "theme.py")
_NO_SENTENCES = {
    "gauges.py": {"waveform import", "the waveform cannot be drawn"},
    "missing_glyphs.py": {"Chinese", "Japanese", "Korean", "sudo apt-get install "},
    "paragraphs.py": {"Layout"},
    "status.py": {"StatusText | None"},
    "text_formats.py": {"table end", "Document"},
    "text_selection.py": {"_Place | None"},
    "tool_entries.py": {"a name is there twice"},
}
"""Names of types, threads, packages and kinds, lines of the log, and what only programs read."""
_CATEGORY = re.compile(r"[A-Z][a-z]")
"""Of Unicode."""


def _calls(path: Path) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Those that look up, with what they look up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LOOKS_UP:
            yield node, node.args[: _LOOKS_UP[node.func.id]]


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.stem)
def test_no_sentence_of_the_window_is_left_out(path: Path) -> None:
    looked_up = {text.value for _, texts in _calls(path) for text in texts if isinstance(text, ast.Constant)}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.search(node.value)
        and id(node) not in documents and not _CATEGORY.fullmatch(node.value)
    }  # fmt: skip
    assert left - looked_up == _NO_SENTENCES.get(path.name, set()) - looked_up


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.stem)
def test_what_is_looked_up_is_a_whole_literal_or_a_marked_constant(path: Path) -> None:
    """Never put together: a catalogue knows only what stands in the code."""
    for call, texts in _calls(path):
        for text in texts:
            assert isinstance(text, ast.Constant | ast.Name | ast.Attribute | ast.Subscript | ast.Call), ast.unparse(
                call
            )
            if isinstance(text, ast.Call):
                assert isinstance(text.func, ast.Attribute) and text.func.attr == "get", ast.unparse(call)
