"""Below the window and the terminal no sentence stands in the source that is not looked up."""

from pathlib import Path

import pytest

import voicegui
from tests.core.bare_sentences import lone_sentences

_PACKAGE = Path(voicegui.__file__).parent
_FOLDERS = ("core", "conversation", "audio", "media", "storage", "web", "loops", "app")

_MODEL = "what language models are told"
_VOICE = "how an English voice reads signs, numbers and formulas"
_TASK = "names of tasks and threads"
_PROGRAMMER = "for programmers and logs"
_USER = "words of users"
_OTHERS = "words of other programs and of languages for machines"
_FILE = "the settings file is in English for everybody"
_SHOWN_LATER = "looked up where it is shown"
_EXCEPTIONS = {
    "app/desktop_session.py": _TASK, "audio/live_sound.py": _TASK, "audio/streams.py": _TASK,
    "audio/pulseaudio.py": _TASK, "audio/portaudio.py": _OTHERS, "conversation/reply.py": _TASK,
    "conversation/utterance.py": _TASK, "core/approval.py": _MODEL, "core/backchannel.py": _USER,
    "core/display_names.py": _SHOWN_LATER, "core/history.py": _MODEL, "core/setting_declaration.py": _SHOWN_LATER,
    "core/settings.py": _SHOWN_LATER, "core/text/formula_notation.py": _VOICE, "core/text/formulas.py": _VOICE,
    "core/text/markdown_inline.py": _OTHERS, "core/text/sentences.py": _OTHERS, "core/text/spoken_numbers.py": _VOICE,
    "core/tools.py": _MODEL, "loops/loop_thread.py": _PROGRAMMER, "storage/erasing.py": _OTHERS,
    "storage/log.py": _PROGRAMMER, "storage/migrations.py": _MODEL, "storage/settings_file.py": _FILE,
    "web/clients.py": _PROGRAMMER,
}  # fmt: skip

_MODULES = [
    path.relative_to(_PACKAGE).as_posix() for folder in _FOLDERS for path in sorted((_PACKAGE / folder).rglob("*.py"))
]


@pytest.mark.parametrize("name", [name for name in _MODULES if name not in _EXCEPTIONS])
def test_no_sentence_stands_alone(name: str) -> None:
    assert list(lone_sentences((_PACKAGE / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "NOTICE = 'The disk is full.'",
        "why = 'it cannot be written'",
        "told = f'{count} files could be read'",
        "return_value = ('No key', 1)",
        "raise VoiceError(code, 'The disk is full.')",
        "raise NoSound('is empty')",
        "label.set('Enter the key')",
    ],
)
def test_a_sentence_that_stands_alone_is_found(code: str) -> None:
    assert list(lone_sentences(code)) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "NOTICE = sentence('The disk is full.')",
        "shown('The disk is full.')",
        "log.warning('the disk is full: %s', name)",
        "'A docstring of a module.'",
        "def f():\n    'A docstring of a function.'",
        "raise ValueError('there are two engines')",
        "connection.execute('SELECT text FROM facts')",
        "name = 'openai'",
    ],
)
def test_what_is_no_sentence_for_a_person_is_not(code: str) -> None:
    assert list(lone_sentences(code)) == []
