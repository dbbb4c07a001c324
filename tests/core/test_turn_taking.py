"""Frames in, decisions out: no clock, no sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.audio import FRAME_MS, FRAME_SAMPLES
from voicegui.core.backchannel import Passed
from voicegui.core.inputs import SpeechBegan, SpeechConfirmed, SpeechUndecided, SpeechWasNothing, TurnEnded
from voicegui.core.settings import Settings
from voicegui.core.turn_taking import (
    CONFIRM_MS,
    NOT_UNDERSTOOD_MS,
    UNDECIDED_MS,
    UNJUDGED_MS,
    SpeechPaused,
    SpeechResumed,
    TurnTaker,
    TurnTaking,
)


class Listener:
    """Feeds frames and keeps what was noticed, with the time in ms."""

    def __init__(self, **settings):
        self.taker = TurnTaker()
        self.settings = TurnTaking.of(Settings(**settings))
        self.frames = 0
        self.noticed = []

    def hear(self, probability, ms, over_reply=False):
        for _ in range(round(ms / FRAME_MS)):
            self.frames += 1
            end = self.frames * FRAME_SAMPLES
            for noticed in self.taker.hear(probability, end, self.settings, over_reply=over_reply):
                self.noticed.append((self.now, noticed))
        return self

    def judge(self, words, probability):
        take = [n.take for _, n in self.noticed if isinstance(n, SpeechPaused)][-1]
        for answered in (self.taker.understand(take, words), self.taker.judge(take, probability)):
            self.noticed += [(self.now, noticed) for noticed in answered]
        return self

    @property
    def now(self):
        return self.frames * FRAME_MS

    def kinds(self):
        return [type(noticed) for _, noticed in self.noticed]

    def when(self, kind):
        return next(ms for ms, noticed in self.noticed if isinstance(noticed, kind))


def test_a_finished_sentence_ends_after_a_short_silence():
    listener = Listener().hear(0, 320).hear(0.9, 960).hear(0, 96)
    listener.judge("what is the time", 0.5).hear(0, 640)
    assert listener.kinds() == [SpeechBegan, SpeechPaused, TurnEnded]
    assert 150 <= listener.when(TurnEnded) - 1280 <= 150 + FRAME_MS


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("mm-hm", Passed.AGREEMENT), ("Okay.", Passed.AGREEMENT), ("Oh, I see!", Passed.AGREEMENT),
        ("the starboard", Passed.UNCLEAR), ("you're high", Passed.UNCLEAR), ("blah", Passed.UNCLEAR),
        ("", Passed.NO_WORDS), (" … ", Passed.NO_WORDS), ("♪", Passed.NO_WORDS), ("?!", Passed.NO_WORDS),
        ("угу", Passed.AGREEMENT), ("はい", Passed.AGREEMENT), ("[cough]", Passed.NO_WORDS),
        ("снег", Passed.UNCLEAR), (None, Passed.NOT_UNDERSTOOD),
    ],
)  # fmt: skip
def test_what_is_let_pass_says_why(words, why):
    listener = Listener().hear(0.9, 320, over_reply=True).hear(0, 160, over_reply=True)
    if words is None:
        listener.hear(0, NOT_UNDERSTOOD_MS + 100, over_reply=True)
    else:
        listener.judge(words, 1.0)
    [dismissed] = [n for _, n in listener.noticed if isinstance(n, SpeechWasNothing)]
    assert dismissed == SpeechWasNothing(words or "", why)


@pytest.mark.parametrize(("probability", "least", "most"), [(0.05, 300, 500), (0.001, 900, 1100)])
def test_an_unfinished_sentence_is_waited_for_but_never_long(probability, least, most):
    listener = Listener().hear(0.9, 960).hear(0, 96).judge("i would like", probability).hear(0, 2000)
    assert least <= listener.when(TurnEnded) - 960 <= most


def test_patience_lengthens_the_wait_for_unfinished_sentences_only():
    quick = Listener(patience=3.0).hear(0.9, 960).hear(0, 96).judge("done", 0.5).hear(0, 640)
    slow = Listener(patience=3.0).hear(0.9, 960).hear(0, 96).judge("and", 0.0).hear(0, 3200)
    assert quick.when(TurnEnded) - 960 < 300 and slow.when(TurnEnded) - 960 > 2000


def test_without_a_judgement_the_turn_still_ends():
    listener = Listener().hear(0.9, 960).hear(0, 3200)
    assert UNJUDGED_MS <= listener.when(TurnEnded) - 960 <= UNJUDGED_MS + FRAME_MS


def test_a_judgement_that_comes_after_the_silence_ends_the_turn_at_once():
    listener = Listener().hear(0.9, 960).hear(0, 640)
    assert TurnEnded not in listener.kinds()
    assert listener.judge("what is the time", 0.9).kinds()[-1] is TurnEnded


def test_going_on_voids_the_take():
    listener = Listener().hear(0.9, 960).hear(0, 128).hear(0.9, 320)
    assert SpeechResumed in listener.kinds()
    listener.judge("half a", 0.9)
    assert TurnEnded not in listener.kinds()


def test_one_loud_frame_in_a_pause_is_not_speech():
    listener = Listener().hear(0.9, 960).hear(0, 96).hear(0.9, 32).hear(0, 96)
    assert SpeechResumed not in listener.kinds()


def test_short_sounds_start_no_turn():
    assert Listener(min_speech_ms=96).hear(0.9, 64).hear(0, 640).kinds() == []


@pytest.mark.parametrize("words", ["", "Mm-hmm.", "Mama.", "Yeah.", "Oh, really?", "I see.", "Okay."])
def test_backchannels_over_a_reply_are_dismissed(words):
    listener = Listener().hear(0.9, 480, over_reply=True).hear(0, 96, over_reply=True).judge(words, 0.9)
    assert listener.kinds() == [SpeechBegan, SpeechPaused, SpeechWasNothing]


def test_an_unclear_short_sound_is_let_pass_once():
    listener = Listener()
    for expected in (SpeechWasNothing, SpeechConfirmed):
        listener.hear(0.9, 480, over_reply=True).hear(0, 96, over_reply=True).judge("Starboard.", 0.9)
        assert expected in listener.kinds()
        listener.hear(0, 960, over_reply=True)
    later = Listener()
    for _ in range(2):
        later.hear(0.9, 480, over_reply=True).hear(0, 96, over_reply=True).judge("Swarm.", 0.9)
        later.hear(0, 6000, over_reply=True)
    assert SpeechConfirmed not in later.kinds()


@pytest.mark.parametrize("words", ["Stop.", "No.", "Wait, what?", "Yes but how", "Okay tell me more"])
def test_words_over_a_reply_are_meant(words):
    listener = Listener().hear(0.9, 480, over_reply=True).hear(0, 96, over_reply=True).judge(words, 0.9)
    assert SpeechConfirmed in listener.kinds() and SpeechWasNothing not in listener.kinds()


@pytest.mark.parametrize("late_ms", [0, 320, 960, 1600, 2240, 2880])
@pytest.mark.parametrize(("words", "meant"), [("Stop.", True), ("", False), ("Mm-hmm.", False), ("Wait a bit", True)])
def test_what_a_sound_over_a_reply_does_depends_on_its_words_not_on_how_late_they_come(words, meant, late_ms):
    listener = Listener().hear(0.9, 480, over_reply=True).hear(0, 96 + late_ms, over_reply=True).judge(words, 0.9)
    assert (SpeechConfirmed in listener.kinds(), SpeechWasNothing in listener.kinds()) == (meant, not meant)


def test_a_sound_over_a_reply_that_nobody_can_transcribe_ends_as_nothing():
    listener = Listener().hear(0.9, 480, over_reply=True).hear(0, 2 * NOT_UNDERSTOOD_MS, over_reply=True)
    assert listener.kinds() == [SpeechBegan, SpeechPaused, SpeechUndecided, SpeechWasNothing]
    assert UNDECIDED_MS <= listener.when(SpeechUndecided) - 480 <= UNDECIDED_MS + FRAME_MS
    assert NOT_UNDERSTOOD_MS <= listener.when(SpeechWasNothing) - 480 <= NOT_UNDERSTOOD_MS + FRAME_MS


def test_speech_that_goes_on_is_undecided_again_and_pauses_are_no_speech():
    listener = Listener()
    for _ in range(3):  # coughs, while nobody can say what they are
        listener.hear(0.9, 320, over_reply=True).hear(0, 640, over_reply=True)
    assert listener.kinds() == [SpeechBegan, *([SpeechPaused, SpeechUndecided, SpeechResumed] * 3)[:-1]]
    assert SpeechWasNothing in listener.judge("", 0.9).kinds()


def test_long_speech_over_a_reply_is_meant_whatever_the_words():
    listener = Listener().hear(0.9, CONFIRM_MS + 100, over_reply=True)
    assert listener.kinds() == [SpeechBegan, SpeechConfirmed]


def test_over_a_reply_the_first_loud_frame_counts():
    assert Listener().hear(0.9, 32, over_reply=True).kinds() == [SpeechBegan]


@given(st.lists(st.floats(0, 1), max_size=300), st.booleans())
def test_every_onset_ends_once_silence_comes(probabilities, over_reply):
    listener = Listener()
    for probability in probabilities:
        listener.hear(probability, FRAME_MS, over_reply)
    listener.hear(0, 2 * NOT_UNDERSTOOD_MS, over_reply)
    assert not listener.taker.in_speech
    assert listener.kinds().count(SpeechBegan) == sum(
        kind in (TurnEnded, SpeechWasNothing) for kind in listener.kinds()
    )


def test_a_reply_has_a_sensitivity_of_its_own():
    faint = {"threshold": 0.4, "speaking_threshold": 0.8}
    assert Listener(**faint).hear(0.6, 320).kinds() == [SpeechBegan]
    assert Listener(**faint).hear(0.6, 320, over_reply=True).kinds() == []
    assert Listener(**faint).hear(0.9, 320, over_reply=True).kinds() == [SpeechBegan]


def test_its_own_voice_over_a_reply_is_nothing_at_once():
    listener = Listener().hear(0.9, 160, over_reply=True)
    end = (listener.frames + 1) * FRAME_SAMPLES
    assert listener.taker.hear(0.0, end, listener.settings, over_reply=True, own_voice=True) == [SpeechWasNothing()]
    listener.frames += 1
    listener.hear(0, 2000, over_reply=True)
    assert listener.kinds() == [SpeechBegan]


def test_a_turn_of_the_user_is_not_its_own_voice():
    listener = Listener().hear(0.9, 320)
    end = (listener.frames + 1) * FRAME_SAMPLES
    assert listener.taker.hear(0.9, end, listener.settings, over_reply=False, own_voice=True) == []
    assert listener.taker.in_speech
