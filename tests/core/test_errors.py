"""What a person is told."""

import pickle

import pytest

from voicegui.core.errors import TRY_AGAIN, ErrorCode, HintKind, VoiceError, with_command, with_hint
from voicegui.core.events import problem_of


@pytest.mark.parametrize(
    ("message", "hint", "kind", "said"),
    [
        ("It is full.", "", HintKind.SENTENCE, "It is full."),
        ("It is full.", "Empty it.", HintKind.SENTENCE, "It is full. Empty it."),
        ("It is missing.", "voicegui models get qwen", HintKind.COMMAND, "It is missing."),
        (
            "It has ended. Use gpt-6-luna instead.",
            "gpt-6-luna",
            HintKind.NAMED,
            "It has ended. Use gpt-6-luna instead.",
        ),
    ],
)
def test_a_hint_is_said_once(message: str, hint: str, kind: HintKind, said: str) -> None:
    assert with_hint(message, hint, kind) == said


def test_an_error_knows_the_parts_of_its_sentence_also_behind_the_process_boundary() -> None:
    made = VoiceError(
        ErrorCode.TIMED_OUT, "it may be loading.", heading="Ollama did not answer", advice=TRY_AGAIN, retryable=True,
        hint="voicegui models get qwen", hint_kind=HintKind.COMMAND,
    )  # fmt: skip
    for error in (made, pickle.loads(pickle.dumps(made)), made.as_code(ErrorCode.TIMED_OUT)):
        assert str(error) == error.message == "Ollama did not answer: it may be loading. Try again."
        assert error.without_advice == "Ollama did not answer: it may be loading."
        assert (error.heading, error.detail) == ("Ollama did not answer", "it may be loading. Try again.")
        assert (error.code, error.retryable, error.hint_kind) == (ErrorCode.TIMED_OUT, True, HintKind.COMMAND)
        assert with_command(error).endswith("again. Run `voicegui models get qwen`.")


def test_a_sentence_without_parts_is_the_message() -> None:
    error = VoiceError(ErrorCode.NO_MICROPHONE, "There is none: plug one in.")
    assert error.message == error.detail == error.without_advice == "There is none: plug one in." and not error.heading


def test_a_problem_shows_its_heading_apart() -> None:
    error = VoiceError(ErrorCode.MICROPHONE_SILENT, "it sends only zeros.", heading="No sound from “HDA: Front”")
    problem = problem_of("microphone", error, alternative="usb")
    assert problem.message == "No sound from “HDA: Front”: it sends only zeros."
    assert (problem.heading, problem.detail) == ("No sound from “HDA: Front”", "it sends only zeros.")
    whole = problem_of("engine", VoiceError(ErrorCode.NO_KEY, "There is none."), to_download=3)
    assert (whole.heading, whole.detail, whole.to_download) == ("", "", 3)
