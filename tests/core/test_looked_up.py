"""Whatever the core says is looked up, to its last word."""

import pickle

import pytest

from tests.core.test_wording import German
from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from voicegui.core.addresses import Reach, shown_host, spoken_host
from voicegui.core.approval import clicked, is_yes
from voicegui.core.errors import ErrorCode, HintKind, VoiceError, with_command, with_hint
from voicegui.core.events import problem_of
from voicegui.core.keys import check_way, checked_key
from voicegui.core.privacy import DataFlow, DataRoute
from voicegui.core.session import ServiceInfo
from voicegui.core.text.spoken_text import speakable
from voicegui.core.toolbox import _HELP, tool_help
from voicegui.core.tools import SourceKind, ToolInfo, ToolSource
from voicegui.core.wording import sentence, use_translations

pytestmark = pytest.mark.usefixtures("in_pieces")


@pytest.mark.parametrize("key", ["", " \n", "a b", "ä", "a\nb", "sk-\x7f"])
@pytest.mark.parametrize("source", [None, "OPENAI_API_KEY"])
def test_what_is_wrong_with_a_key(key: str, source: str | None) -> None:
    with pytest.raises(VoiceError) as caught:
        checked_key(key, source) if source else checked_key(key)
    assert not_looked_up(caught.value.message, "OPENAI_API_KEY") == ""


@pytest.mark.parametrize("url", ["http://10.0.0.1/v1", "http://10.0.0.1:99/v1", "", "http://[::1", "ws://10.0.0.1"])
def test_where_a_key_does_not_go(url: str) -> None:
    with pytest.raises(VoiceError) as caught:
        check_way(url)
    for text in (caught.value.message, caught.value.heading, caught.value.detail, caught.value.hint):
        assert text and not_looked_up(text) == ""


ADDRESSES = [
    "",
    "http://",
    "http://[",
    "http://10.0.0.1",
    "http://10.0.0.1:99/x",
    "http://0xa000001/",
    "http://1@10.0.0.1",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(address: str) -> None:
    assert not_looked_up(shown_host(address)) == not_looked_up(spoken_host(address)) == ""


@pytest.mark.parametrize(
    "text", ["[1](http://10.0.0.2/)", "<http://10.0.0.2/>", "[10.0.0.1](http://10.0.0.2:99/)", "- [x] 1"]
)
def test_what_is_said_of_a_link_or_a_task(text: str) -> None:
    assert not_looked_up(speakable(text)) == ""


ROUTES = [
    DataRoute(),
    DataRoute("1", unknown=True),
    DataRoute("1", "http://10.0.0.1/v1"),
    DataRoute("10.0.0.1", "http://10.0.0.1/v1"),
    DataRoute("1", "http://8.8.8.8/v1", proxied=True),
    DataRoute("1", "http://127.0.0.1/v1"),
    DataRoute("1", "http://["),
]


@pytest.mark.parametrize("first", ROUTES)
@pytest.mark.parametrize("second", [None, *ROUTES])
@pytest.mark.parametrize("tools", [0, 1, 4, 5, 9])
def test_where_everything_goes(first: DataRoute, second: DataRoute | None, tools: int) -> None:
    where = DataFlow({stage: [first, *([second] if second else [])] for stage in ("stt", "llm", "tts")}, ["7"] * tools)
    for text in (where.sign, *where.lines, where.line("stt"), where.line("stt", begins=True)):
        assert text and not_looked_up(text) == ""


def test_services_and_their_keys() -> None:
    for service in (ServiceInfo("a", "1", True), ServiceInfo("a", "1", True, called="2", called_first="3")):
        for text in (service.key, service.key_title, service.subject):
            assert text and not_looked_up(text) == ""


@pytest.mark.parametrize("kind", SourceKind)
def test_who_brought_a_tool(kind: SourceKind) -> None:
    assert not_looked_up(str(ToolSource(kind, "1"))) == ""


@pytest.mark.parametrize("name", _HELP)
def test_what_tools_do(name: str) -> None:
    assert not_looked_up(tool_help(ToolInfo(name, "For the model."))) == ""


def test_hints_stand_behind_what_happened() -> None:
    error = VoiceError(
        ErrorCode.OFFLINE, sentence("It is off."), hint="voicegui models get 1", hint_kind=HintKind.COMMAND
    )
    assert not_looked_up(with_command(error), "voicegui models get") == ""
    assert not_looked_up(with_hint(error.message, sentence("Wait.").shown())) == ""


# ---------------------------------------------------------------- one error, several languages

FULL = VoiceError(
    ErrorCode.DISK_FULL,
    sentence("{file} does not fit.", file=sentence("the model {name}", name="Qwen")),
    heading=sentence("The disk is full"),
    advice=sentence("Free some space."),
    hint=sentence("Delete something."),
)
SHOWN = German(
    {
        "{file} does not fit.": "{file} passt nicht.",
        "the model {name}": "das Modell {name}",
        "The disk is full": "Die Platte ist voll",
        "Free some space.": "Schaffe Platz.",
        "Delete something.": "Lösche etwas.",
        "{heading}: {rest}": "{heading} – {rest}",
    }
)
SPOKEN = German({"The disk is full": "Le disque est plein", "the model {name}": "le modèle {name}"})


def test_written_said_and_shown_are_three_languages() -> None:
    use_translations(shown=SHOWN, spoken=SPOKEN)
    assert FULL.message == str(FULL) == "Die Platte ist voll – das Modell Qwen passt nicht. Schaffe Platz."
    assert FULL.said == "Le disque est plein: le modèle Qwen does not fit. Free some space."
    assert FULL.written == "The disk is full: the model Qwen does not fit. Free some space."
    assert (FULL.heading, FULL.detail) == ("Die Platte ist voll", "das Modell Qwen passt nicht. Schaffe Platz.")
    assert (FULL.hint, FULL.without_advice) == ("Lösche etwas.", "Die Platte ist voll – das Modell Qwen passt nicht.")


def test_an_error_from_another_process_is_in_the_language_of_the_one_that_shows_it() -> None:
    use_translations(shown=German({"The disk is full": "Il disco è pieno"}))
    sent = pickle.dumps(FULL)
    use_translations(shown=SHOWN, spoken=SPOKEN)
    error: VoiceError = pickle.loads(sent)
    assert (error.message, error.said, error.written, error.hint) == (FULL.message, FULL.said, FULL.written, FULL.hint)
    use_translations()
    assert error.message == FULL.written and error.as_code(ErrorCode.OFFLINE).message == FULL.written


def test_an_event_is_in_the_language_of_its_process() -> None:
    use_translations(shown=SHOWN)
    problem = problem_of("engine", pickle.loads(pickle.dumps(FULL)))
    use_translations()
    assert problem.message == "Die Platte ist voll – das Modell Qwen passt nicht. Schaffe Platz."
    assert (problem.heading, problem.hint) == ("Die Platte ist voll", "Lösche etwas.")


def test_what_a_click_says_counts_in_the_language_of_the_conversation() -> None:
    use_translations(spoken=German({"Yes.": "Ja."}))
    assert is_yes(clicked(allow=True)) and is_yes("ja") and is_yes("Yes, please.") and not is_yes("Nein.")
    use_translations(spoken=German({"Yes.": "…"}))
    assert not is_yes("") and not is_yes("…") and not is_yes("!")


def test_the_reach_is_told_within_a_line_and_at_its_beginning() -> None:
    use_translations(shown=German({"On this machine": "Hier", "on this machine": "hier"}))
    where = DataFlow({"llm": [DataRoute(), DataRoute()]})
    assert (where.sign, where.line("llm", begins=True)) == ("Hier", "Hier; if that fails: hier")
    assert where.reach is Reach.HERE and where.line("llm") == "hier; if that fails: hier"
