from datetime import datetime

from tests.ui.scenes import HEARD, TIMES, UNHEARD
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
    ConversationOver,
    FellBack,
    Interrupted,
    NothingHeard,
    Noticed,
    PartialHeard,
    ReplyGrew,
    ReplyShortened,
    Stage,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.text.markdown_runs import Style
from voicegui.core.tools import ToolCall
from voicegui.ui.actions import EnterKey, RetryTurn, SaveSound, SwitchModel
from voicegui.ui.paragraphs import paragraphs, stages, word_at
from voicegui.ui.remedies import Remedy
from voicegui.ui.tool_entries import CallState, ShownCall
from voicegui.ui.transcript_entries import DROP, KEEP, Kind
from voicegui.ui.transcript_log import TranscriptLog


def log() -> TranscriptLog:
    return TranscriptLog(now=lambda: datetime(2026, 1, 2, 14, 2))


def shown(log: TranscriptLog) -> list[tuple[Kind, str]]:
    return [(e.kind, e.text) for e in log.entries]


def test_a_turn() -> None:
    it = log()
    for event in (PartialHeard(1, "what"), PartialHeard(1, "what time"), UserSaid(1, "What time is it?"),
                  ReplyGrew(1, "Two "), ReplyGrew(1, "o'clock.")):  # fmt: skip
        it.apply(event)
    assert shown(it) == [(Kind.NOTE, "Today 14:02"), (Kind.USER, "What time is it?"), (Kind.AGENT, "Two o'clock.")]
    assert not it.entries[1].partial


def test_speech_that_went_on_replaces_what_it_began_with() -> None:
    it = log()
    it.apply(UserSaid(1, "Tell me about"))
    it.apply(UserSaid(2, "Tell me about Lisbon."))
    assert shown(it)[1:] == [(Kind.USER, "Tell me about Lisbon.")]


def test_what_was_not_heard_is_struck() -> None:
    it = log()
    it.apply(ReplyGrew(1, HEARD + UNHEARD))
    it.apply(Interrupted(1, HEARD, UNHEARD))
    it.apply(TurnDone(1, "", HEARD, TIMES))
    body, footer = paragraphs(it.entries[-1]).paragraphs
    assert "".join(p.text for p in body.pieces if Style.STRUCK in p.style) == UNHEARD
    assert footer.pieces[0].text == f"interrupted · heard {len(HEARD)} of {len(HEARD + UNHEARD)} characters · 0.55 s"


def test_nothing_heard_is_said_quietly_and_gives_way() -> None:
    it = log()
    it.apply(UserSaid(1, "Hello"))
    it.apply(PartialHeard(2, "uh"))
    it.apply(NothingHeard(2))
    assert shown(it)[-2:] == [(Kind.USER, "Hello"), (Kind.NOTE, "No speech heard")]
    it.apply(NothingHeard(3))
    it.apply(UserSaid(4, "Are you there?"))
    assert shown(it)[1:] == [(Kind.USER, "Hello"), (Kind.USER, "Are you there?")]


def test_a_retry_replaces_the_failure_and_keeps_the_text() -> None:
    it = log()
    it.apply(UserSaid(1, "Hello"))
    it.apply(TurnFailed(1, ErrorCode.ENGINE_FAILED, "It stopped.", True))
    assert it.entries[-1].ways == (Remedy("Retry", RetryTurn()),)
    it.apply(UserSaid(2, "Hello"))
    it.apply(ReplyGrew(2, "Hi."))
    assert shown(it)[1:] == [(Kind.USER, "Hello"), (Kind.AGENT, "Hi.")]


def test_an_opening_line_stands_under_the_time_of_day() -> None:
    it = log()
    it.apply(ReplyGrew(1, "Welcome."))
    assert shown(it) == [(Kind.NOTE, "Today 14:02"), (Kind.AGENT, "Welcome.")]


def test_an_answer_that_was_shortened_loses_its_end() -> None:
    it = log()
    it.apply(ReplyGrew(1, "It rained. The sun"))
    it.apply(ReplyShortened(1, "It rained."))
    it.apply(TurnDone(1, "", "It rained.", TIMES))
    assert shown(it)[-1] == (Kind.AGENT, "It rained.")


def test_what_changed_for_good_stays_in_the_transcript() -> None:
    it = log()
    it.apply(FellBack(Stage.TTS, "The service cannot be reached."))
    it.apply(ConversationOver(20))
    it.apply(UserSaid(1, "Hello"))
    assert shown(it)[-3:-1] == [
        (Kind.NOTE, "The service cannot be reached."),
        (Kind.NOTE, "The conversation has ended after 20 turns"),
    ]


def test_a_failure_offers_what_mends_it() -> None:
    it = log()
    it.apply(TurnFailed(1, ErrorCode.WRONG_KEY, "The key is wrong.", False, audio_kept=True))
    assert it.entries[-1].ways == (Remedy("Save what you said", SaveSound()), Remedy("Enter another key", EnterKey()))


def test_where_the_sound_was_saved_stays_and_the_failure_still_gives_way() -> None:
    it = log()
    it.apply(UserSaid(1, "Hello"))
    it.apply(TurnFailed(1, ErrorCode.OFFLINE, "Nobody answers.", True, audio_kept=True))
    it.apply(AudioNotSaved(ErrorCode.DISK_FULL, "The disk is full."))
    it.apply(AudioSaved("/home/ana/said.wav"))
    it.apply(UserSaid(2, "Hello"))
    it.apply(ReplyGrew(2, "Hi."))
    assert shown(it)[1:] == [
        (Kind.USER, "Hello"),
        (Kind.NOTE, "What you said is saved in /home/ana/said.wav"),
        (Kind.AGENT, "Hi."),
    ]


def test_a_notice_is_told_once_and_another_one_that_begins_like_it_too() -> None:
    it = log()
    for _ in range(2):
        it.apply(Noticed("The key works. It is old."))
        it.apply(Noticed("The key works."))
        it.tell("The key works.")
    assert [entry.text for entry in it.entries] == [
        "The key works. It is old.", "The key works.", "The key works.", "The key works.",
    ]  # fmt: skip


def test_a_model_that_ends_is_told_once_and_its_successor_taken_once() -> None:
    it = log()
    ends = Noticed("gpt-4o works until 14 January 2027.", Stage.LLM, "openai:gpt-6.1-terra")
    it.apply(ends)
    [way] = it.entries[-1].ways
    assert way == Remedy("Switch to gpt-6.1-terra", SwitchModel(Stage.LLM, "openai:gpt-6.1-terra"))
    it.take(way.action)
    assert it.apply(ends) == ()
    [entry] = it.entries
    assert entry.ways == () and entry.text.startswith(ends.message)
    assert it.take(way.action) == []


def test_it_keeps_a_thousand() -> None:
    it = log()
    for turn in range((KEEP + DROP) // 2 + 1):
        it.apply(UserSaid(turn, f"q{turn}"))
        it.apply(ReplyGrew(turn, "a"))
        it.trim()
    assert KEEP <= len(it.entries) <= KEEP + DROP


NOTICING = "noticing that you had finished"


def test_stages_add_up_even_when_they_overlap() -> None:
    assert stages(TIMES) == [(NOTICING, 210), ("hearing", 95), ("thinking", 105), ("speaking", 135)]
    early = stages(Timings(300.0, 250.0, 280.0, 290.0, 400.0))
    assert early == [(NOTICING, 300), ("hearing", 0), ("thinking", 0), ("speaking", 100)]
    assert stages(Timings()) == []


def test_word_at() -> None:
    text = "It's dry, in Lisbon."
    assert [text[slice(*word_at(text, i))] for i in (0, 3, 5, 8, 9, 15, 99)] == [
        "It's", "It's", "dry", "in", "in", "Lisbon", "",
    ]  # fmt: skip


# ---------------------------------------------------------------- calls of tools


def call(id: str = "c1", name: str = "get_weather") -> ToolCall:
    return ToolCall(id, name, '{"place": "Lisbon"}')


def the_call(log: TranscriptLog) -> ShownCall:
    [found] = [e.call for e in log.entries if e.call]
    return found


def kinds(log: TranscriptLog) -> str:
    return " ".join(e.kind.value if e.call is None else e.call.id for e in log.entries[1:])


def test_a_call_from_its_start_to_its_end() -> None:
    it = log()
    it.apply(UserSaid(1, "Weather?"))
    it.apply(ToolCalled(1, call(), "Weather"))
    assert (the_call(it).state, the_call(it).words) == (CallState.RUNNING, "running…")
    it.apply(ToolFinished(1, "c1", True, "Dry.", 0.42))
    assert (the_call(it).state, the_call(it).words, the_call(it).result) == (CallState.DONE, "0.4 s", "Dry.")


def test_a_call_without_a_label_is_called_by_its_name() -> None:
    it = log()
    it.apply(ToolCalled(1, call(), ""))
    assert the_call(it).label == "get_weather"


def test_a_failed_and_a_cancelled_call() -> None:
    for cancelled, state in ((False, CallState.FAILED), (True, CallState.CANCELLED)):
        it = log()
        it.apply(ToolCalled(1, call(), "Weather"))
        it.apply(ToolFinished(1, "c1", False, "No.", 1.0, cancelled))
        assert the_call(it).state is state


def test_who_cancels_sees_it_cancelled_unless_it_was_done_before() -> None:
    for ok, state in ((False, CallState.CANCELLED), (True, CallState.DONE)):
        it = log()
        it.apply(ToolCalled(1, call(), "Weather"))
        it.cancelling(it.entries[-1].number)
        assert the_call(it).state is CallState.CANCELLING
        it.apply(ToolFinished(1, "c1", ok, "", 1.0))
        assert the_call(it).state is state
        it.cancelling(it.entries[-1].number)
        assert the_call(it).state is state


def test_a_call_that_was_allowed_says_so() -> None:
    it = log()
    it.apply(ApprovalAsked(1, call(), "Weather", "May I look?"))
    assert the_call(it).words == "waiting for you"
    it.apply(ApprovalAnswered("c1", True))
    it.apply(ToolCalled(1, call(), "Weather"))
    assert the_call(it).words == "allowed · running…"
    it.apply(ToolFinished(1, "c1", True, "", 0.004))
    assert the_call(it).words == "allowed · 4 ms"


def test_a_call_that_was_not_allowed_stays_so() -> None:
    it = log()
    for event in (ApprovalAsked(1, call(), "Weather", "May I look?"), ApprovalAnswered("c1", False),
                  ToolCalled(1, call(), "Weather"), ToolFinished(1, "c1", False, "Refused.", 0.0)):  # fmt: skip
        it.apply(event)
    assert (the_call(it).state, the_call(it).result) == (CallState.REFUSED, "Refused.")


def test_calls_stand_between_the_words_and_the_answer() -> None:
    it = log()
    it.apply(UserSaid(1, "Weather?"))
    it.apply(ReplyGrew(1, "Let me look. "))
    it.apply(FellBack(Stage.TTS, "The service cannot be reached."))
    it.apply(ToolCalled(1, call("a"), "Weather"))
    it.apply(ToolCalled(1, call("b"), "Weather"))
    it.apply(ReplyGrew(1, "It is dry."))
    it.apply(UserSaid(2, "Thanks"))
    it.apply(ToolCalled(1, call("late"), "Weather"))
    assert kinds(it) == "user a b late agent note user"
    numbers = [entry.number for entry in it.entries]
    assert numbers == sorted(set(numbers))


def test_more_calls_than_there_are_numbers_between_stand_at_the_end() -> None:
    it = log()
    it.apply(ReplyGrew(1, "Let me look."))
    for index in range(100):
        it.apply(ToolCalled(1, call(f"c{index}"), "Weather"))
    numbers = [entry.number for entry in it.entries]
    assert len(numbers) == 102 and numbers == sorted(set(numbers))


def test_calls_do_not_give_way_and_passing_notes_give_way_to_them() -> None:
    it = log()
    it.apply(UserSaid(1, "Hello"))
    it.apply(NothingHeard(2))
    it.apply(ToolCalled(1, call("a"), "Weather"))
    it.apply(UserSaid(3, "Are you there?"))
    it.apply(NothingHeard(4))
    it.apply(ToolFinished(1, "a", True, "", 0.1))
    assert kinds(it) == "user a user note"


def test_a_request_that_goes_on_after_a_call_is_taken_up_again() -> None:
    it = log()
    it.apply(UserSaid(1, "Remind me to stretch"))
    it.apply(ToolCalled(1, call("a"), "Reminder"))
    it.apply(UserSaid(2, "Remind me to stretch in two minutes."))
    it.apply(ToolCalled(2, call("b"), "Reminder"))
    assert kinds(it) == "user a b"


def test_ids_that_another_conversation_uses_again_are_other_calls() -> None:
    it = log()
    for turn in (1, 2):
        it.apply(ToolCalled(turn, call("same"), "Weather"))
        it.apply(ToolFinished(turn, "same", True, f"result {turn}", 0.1))
    it.apply(ToolFinished(9, "same", False, "too late", 0.1))
    it.apply(ApprovalAnswered("nobody", True))
    assert [e.call.result for e in it.entries if e.call] == ["result 1", "result 2"]


def test_a_refused_call_does_not_swallow_another_of_its_id() -> None:
    it = log()
    for turn in (1, 2):
        it.apply(ApprovalAsked(turn, call("same"), "Weather", "May I look?"))
        it.apply(ApprovalAnswered("same", False))
    it.apply(ToolCalled(3, call("same"), "Weather"))
    assert [e.call.state.name for e in it.entries if e.call] == ["REFUSED", "REFUSED", "RUNNING"]


def test_a_spoken_reminder_is_an_answer_nobody_asked_for() -> None:
    it = log()
    it.apply(UserSaid(1, "Remind me"))
    it.apply(ReplyGrew(1, "I will."))
    it.apply(ReplyGrew(2, "Stretch!"))
    assert shown(it)[-2:] == [(Kind.AGENT, "I will."), (Kind.AGENT, "Stretch!")]
