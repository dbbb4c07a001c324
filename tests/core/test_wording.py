"""Sentences are looked up in a catalogue, and a translation that says something else is not used."""

import ast
import gettext
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import voicegui
from tests.core.bare_sentences import bare_sentences
from tests.pseudo_language import BEGIN, END, PSEUDO, own_words
from voicegui.conversation.tool_loop import FILLERS
from voicegui.core.approval import NOT_BY_VOICE, NOT_OVER_ME, question_about
from voicegui.core.tools import SourceKind, ToolCall, ToolInfo, ToolSource
from voicegui.core.wording import shown, shown_plural, spoken, spoken_plural, use_translations


class German(gettext.NullTranslations):
    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__()
        self._known = known

    def gettext(self, message: str) -> str:
        return self._known.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._known.get(msgid1 if n == 1 else msgid2, msgid2)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


def test_without_a_catalogue_it_is_english() -> None:
    assert shown("Use “{device}”", device="{USB} {0}") == "Use “{USB} {0}”"
    assert (shown_plural("{count} hour", "{count} hours", 1), spoken_plural("{count} hour", "{count} hours", 2)) == (
        "1 hour", "2 hours",
    )  # fmt: skip
    assert shown("100 % {of it}") == "100 % {of it}" and spoken("") == ""


def test_each_language_has_its_own_catalogue() -> None:
    use_translations(shown=German({"Retry": "Noch einmal"}), spoken=German({"One moment.": "Einen Moment."}))
    assert (shown("Retry"), spoken("Retry")) == ("Noch einmal", "Retry")
    assert (shown("One moment."), spoken("One moment.")) == ("One moment.", "Einen Moment.")
    use_translations()
    assert shown("Retry") == "Retry"


def test_an_object_of_the_standard_library_is_a_catalogue_and_its_header_is_never_shown() -> None:
    use_translations(shown=gettext.NullTranslations(), spoken=German({"": "Content-Type: text/plain"}))
    assert shown("Retry") == "Retry" and shown_plural("{count} hour", "{count} hours", 3) == "3 hours"
    assert spoken("") == ""


@pytest.mark.parametrize(
    "translation",
    [
        "Darf ich?",
        "Ich nehme {tool}.",
        "Ich nehme {tool} mit {argumente}.",
        "Ich nehme {tool} mit {arguments} und {secret}.",
        "Ich nehme {tool} mit {arguments.__class__}.",
        "Ich nehme {tool!r} mit {arguments}.",
        "Ich nehme {tool:>99} mit {arguments}.",
        "Ich nehme {tool} mit {arguments",
        "Ich nehme {} mit {arguments}.",
        "Ich nehme {0} mit {arguments}.",
        "Ich nehme {tool} mit {arguments[0]}.",
    ],
)
def test_a_translation_with_other_values_is_not_used(translation: str) -> None:
    text = "I would use {tool} with {arguments}."
    use_translations(spoken=German({text: translation}))
    assert spoken(text, tool="Timer", arguments="{tool}") == "I would use Timer with {tool}."


def test_a_translation_may_have_its_values_in_another_order() -> None:
    text = "I would use {tool} with {arguments}."
    use_translations(spoken=German({text: "Mit {arguments} nehme ich {tool}, ja {tool}."}))
    assert spoken(text, tool="T", arguments="A") == "Mit A nehme ich T, ja T."


# ---------------------------------------------------------------- what is spoken

MAIL = ToolSource(SourceKind.SERVER, "mail")
CALLS = [
    (ToolInfo("timer", "", label="Timer"), "{}"),
    (ToolInfo("timer", "", label="Timer"), '{"name": "tea"}'),
    (ToolInfo("send", "", label="Send (mail)", title="Send", source=MAIL), "{}"),
    (ToolInfo("send", "", label="Send (mail)", title="Send", source=MAIL), '{"to": "", "text": "a\\nb\\u202ec"}'),
    (ToolInfo("send", "", label="Send (mail)", title="Send", source=MAIL), '{"a": "\\u202e\\u202e\\u202e"}'),
    (ToolInfo("open", "", label="Open"), '{"url": "https://xn--pple-43d.com"}'),
    (ToolInfo("open", "", label="Open"), '{"url": "xn--pple-43d.com"}'),
    (ToolInfo("open", "", label="Open"), '{"url": "https://example.org/' + "a" * 60 + '"}'),
    (ToolInfo("open", "", label="Open"), '{"x": "' + "a" * 5000 + '"}'),
]


@pytest.mark.parametrize(("tool", "arguments"), CALLS)
def test_every_word_of_a_question_that_is_ours_goes_through_the_catalogue(tool: ToolInfo, arguments: str) -> None:
    english = question_about(tool, ToolCall("1", tool.name, arguments)).text
    use_translations(spoken=PSEUDO)
    text = question_about(tool, ToolCall("1", tool.name, arguments)).text
    assert own_words(text) == "" and text.endswith(END)
    assert text.replace(BEGIN, "").replace(END, "") == english


@pytest.mark.parametrize("wanted", [{}, {"name": "tea"}])
def test_what_follows_the_question_of_a_tool_goes_through_the_catalogue(wanted: dict[str, str]) -> None:
    tool = ToolInfo("remember", "", label="Remember", question="I would remember this: {fact}.")
    use_translations(spoken=PSEUDO)
    text = question_about(tool, ToolCall("1", "remember", '{"fact": "a b", "name": "tea"}')).text
    assert text == "⟦I would remember this: “a b”.⟧ ⟦With name: tea.⟧ ⟦Shall I?⟧"


def test_whatever_a_translation_says_the_last_words_ask() -> None:
    use_translations(spoken=German({"I would use {tool} with {arguments}.": "{tool} {arguments}"}))
    tool = ToolInfo("say", "", label="Say")
    assert question_about(tool, ToolCall("1", "say", '{"x": "do it now"}')).text == "Say x: “do it now” Shall I?"


def test_fillers_and_answers_to_a_yes_are_in_the_catalogue() -> None:
    use_translations(spoken=PSEUDO)
    for text in (*FILLERS, NOT_OVER_ME, NOT_BY_VOICE):
        assert spoken(text) == f"{BEGIN}{text}{END}"


# ---------------------------------------------------------------- in the source

_PACKAGE = Path(voicegui.__file__).parent

_TEXT_OF_OTHERS = {"audio/portaudio.py": "a command of the system's package manager"}
"""Modules with a literal that is in nobody's language."""

_MODULES = [path.relative_to(_PACKAGE).as_posix() for path in sorted(_PACKAGE.rglob("*.py"))]


@pytest.mark.parametrize("name", _MODULES)
def test_every_sentence_of_an_error_and_of_an_event_is_looked_up(name: str) -> None:
    lines = list(bare_sentences((_PACKAGE / name).read_text(encoding="utf-8")))
    if name in _TEXT_OF_OTHERS:
        assert lines, f"{name} needs no exception"
    else:
        assert lines == []


@pytest.mark.parametrize(
    "code",
    [
        "VoiceError(ErrorCode.OFFLINE, 'No network.')",
        "VoiceError(code, f'{name} is full.')",
        "VoiceError(code, what='It is full.')",
        "VoiceError(code, what, heading='It is full')",
        "VoiceError(code, what, advice=f'Wait {seconds} seconds.')",
        "VoiceError(code, what, hint='Wait.')",
        "VoiceError(code, what, hint='Wait.', hint_kind=HintKind.NAMED)",
        "VoiceError(code, '{name} is full.'.format(name=name))",
        "VoiceError(code, 'It is full: %s' % name)",
        "VoiceError(code, 'It is ' + state)",
        "VoiceError(code, ' and '.join(parts))",
        "VoiceError(code, 'It is full.' if full else sentence('It is not.'))",
        "VoiceError(code, problem or 'It is full.')",
        "def made(code):\n    what = f'{code} failed.'\n    return VoiceError(code, what)",
        "def made(code):\n    what, todo = sentence('Oh.'), 'Wait.'\n    return VoiceError(code, what, hint=todo)",
        "_FULL = 'It is full.'\ndef made(code):\n    return VoiceError(code, _FULL)",
        "_ALL = {1: 'It is full.'}\ndef made(code):\n    return VoiceError(code, _ALL[code])",
        "_ALL = {1: ('It is full.', sentence('Wait.'))}\ndef made(code):\n    return VoiceError(code, _ALL[code])",
        "def failed(what, todo):\n    return VoiceError(1, what, hint=todo)\nfailed(sentence('It failed.'), 'Wait.')",
        "def failed(what):\n    return VoiceError(1, what)\ndef full(a):\n    return failed(a)\nfull('It is full.')",
        "class A:\n    def fail(self, *, what):\n        return VoiceError(1, what)\nA().fail(what='It failed.')",
        "errors.VoiceError(code, 'It is full.')",
        "VoiceError(code, verbatim('It is full.'))",
        "VoiceError(code, sentence(f'{name} is full.'))",
        "VoiceError(code, sentence('It is ' + state))",
        "tell(Noticed('It is full.'))",
        "tell(Noticed(message='It is full.', successor=''))",
        "FellBack(stage, f'{first} Until then I answer.')",
        "AudioNotSaved(code, 'There is none.')",
        "TurnFailed(1, code, 'It failed.', True)",
        "ProblemAppeared('engine', code, message, 'Wait.')",
        "ProblemAppeared('engine', code, message, detail='It failed.')",
        "KeyState(service, None, 'No key')",
        "LoadingProgress(f'Loading {name}', 0)",
        "ToolOutcome('It is 5.', True, 'It is 5.')",
        "ToolOutcome(text, say=f'It is {count}.')",
        "shown(f'{count} files')",
        "spoken_plural('{count} hour', f'{count} hours', 2)",
        "_FULL = 'It is full.'\nshown(_FULL)",
        "_ALL = {1: 'It is full.'}\nshown(_ALL[code])",
        "def made():\n    text = 'It is full.'\n    return sentence(text)",
    ],
)
def test_a_bare_sentence_is_found(code: str) -> None:
    assert list(bare_sentences(code))


@pytest.mark.parametrize(
    "code",
    [
        "VoiceError(code, sentence('It is full.'), heading=sentence('Full'), advice=TRY_AGAIN)",
        "VoiceError(code, _FULL.filled(name=name), retryable=True)",
        "VoiceError(code, what, hint='voicegui models get qwen', hint_kind=HintKind.COMMAND)",
        "VoiceError(code, what, hint=f'voicegui models get {name}', hint_kind=HintKind.COMMAND)",
        "VoiceError(code, answer.text)",
        "VoiceError(code, verbatim(answer.text))",
        "VoiceError(code, '')",
        "VoiceError(code, sentences(a, b))",
        "_FULL = sentence('It is full.')\nVoiceError(code, _FULL)",
        "Noticed(shown('It is full.'))",
        "Noticed(error.message, successor='openai:gpt-6-luna')",
        "ProblemSolved('engine', name)",
        "ToolOutcome(f'{name} is full.')",
        "ToolOutcome('It is full.', ok=False, say=spoken('It is full.'))",
        "log.info('It is full: %s', name)",
        "shown(_LABELS[name])",
        "_ALL = {1: marked('It is full.')}\nshown(_ALL[code])",
        "shown(setting.label)",
        "what = 'a'\ndef other(what):\n    return sentence('It is full.')",
    ],
)
def test_what_is_looked_up_or_no_sentence_is_not_found(code: str) -> None:
    assert list(bare_sentences(code)) == []


# ---------------------------------------------------------------- extraction

_LOOKS_UP = {"shown": 1, "spoken": 1, "marked": 1, "shown_plural": 2, "spoken_plural": 2}


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LOOKS_UP:
            yield node


def _is_constant(node: ast.expr) -> bool:
    """A literal, or something of a constant whose texts are `marked`."""
    match node:
        case ast.Constant(value=str()):
            return True
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            return name.isupper()
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")):
            return name.isupper()
    return False


_CONVERTED = (
    "ui/remedies.py", "ui/event_texts.py", "ui/status.py", "core/approval.py", "conversation/tool_loop.py",
    "conversation/pending_approval.py",
)  # fmt: skip
_BY_VALUE = {"conversation/pending_approval.py"}
"""It looks up one of two marked constants."""


@pytest.mark.parametrize("name", _CONVERTED)
def test_tools_can_find_every_sentence(name: str) -> None:
    calls = list(_calls(Path(voicegui.__file__).parent / name))
    assert calls
    for call in calls:
        assert isinstance(call.func, ast.Name)
        texts = call.args[: _LOOKS_UP[call.func.id]]
        assert name in _BY_VALUE or all(map(_is_constant, texts)), f"{name}:{call.lineno}"
