"""The text of a reminder loses its time, whichever of its two arguments a model has put it into."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from voicegui.core.records import Reminder
from voicegui.tools.reminder_wording import announced
from voicegui.tools.reminders import read_reminder
from voicegui.tools.times.phrases import BadTime

NOW = datetime(2026, 11, 27, 14, 20, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("what", "when", "said", "due"),
    [
        ("to drink in 6 seconds", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink in 6 seconds", "6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink in six seconds", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink, in 6 seconds", "6 seconds", "It is time to drink.", "27 14:20:06"),
        ("in 6 seconds to drink", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("Remind me in 6 seconds to drink", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("please remind me to drink in 6 seconds", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink in 6 seconds please", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("I need to drink", "in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink in 6 seconds", "", "It is time to drink.", "27 14:20:06"),
        ("drink in 6 seconds", "6", "It is time to drink.", "27 14:20:06"),
        ("drink", "Remind me to drink in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("drink", "drink in 6 seconds", "It is time to drink.", "27 14:20:06"),
        ("call mum tomorrow at 9", "tomorrow at 9", "It is time to call mum.", "28 09:00:00"),
        ("call mum at 9 tomorrow", "tomorrow at 9", "It is time to call mum.", "28 09:00:00"),
        ("call mum tomorrow", "tomorrow at 9", "It is time to call mum.", "28 09:00:00"),
        ("call mum at 9", "tomorrow at 9", "It is time to call mum.", "28 09:00:00"),
        ("tomorrow at 9 call mum", "tomorrow at 9", "It is time to call mum.", "28 09:00:00"),
        ("call mum tomorrow morning", "2026-11-28T09:00:00", "It is time to call mum.", "28 09:00:00"),
        ("call mum tomorrow at 9 about it", "tomorrow at 9", "It is time to call mum about it.", "28 09:00:00"),
        ("about the dentist in ten minutes", "in ten minutes", "I was to remind you about the dentist.", "27 14:30:00"),
        ("for the meeting on Monday at 10", "on Monday at 10", "I was to remind you about the meeting.", "30 10:00:00"),
        ("that I should call mum in ten minutes", "in ten minutes", "It is time to call mum.", "27 14:30:00"),
        ("Remind me that I must leave at 5", "at 5", "It is time to leave.", "27 17:00:00"),
        ("water the plants in about an hour", "in an hour", "It is time to water the plants.", "27 15:20:00"),
        ("feed the cat in an hour and a half", "in an hour and a half", "It is time to feed the cat.", "27 15:50:00"),
        ("stretch two minutes from now", "in two minutes", "It is time to stretch.", "27 14:22:00"),
        ("in 6 seconds", "in 6 seconds", "I was to remind you now.", "27 14:20:06"),
        ("not to forget the keys tonight", "tonight", "I was to remind you not to forget the keys.", "27 21:00:00"),
        # times that belong to what is to be done stay
        ("buy 6 eggs in 6 minutes", "in 6 minutes", "It is time to buy 6 eggs.", "27 14:26:00"),
        ("read 1984 at 8", "at 8", "It is time to read 1984.", "27 20:00:00"),
        ("leave for the 5 pm train", "at 4", "It is time to leave for the 5 pm train.", "27 16:00:00"),
        ("plan it on Monday at 9", "in an hour", "It is time to plan it on Monday at 9.", "27 15:20:00"),
        ("pack for tomorrow", "tomorrow", "It is time to pack for tomorrow.", "28 09:00:00"),
        ("call Anna in May", "in an hour", "It is time to call Anna in May.", "27 15:20:00"),
    ],
)  # fmt: skip
def test_the_time_is_not_repeated(what: str, when: str, said: str, due: str) -> None:
    text, found = read_reminder(what, when, NOW)
    assert announced(Reminder(1, text, found.at, 0.0)).written() == said
    assert datetime.fromtimestamp(found.at, NOW.tzinfo).strftime("%d %H:%M:%S") == due


@pytest.mark.parametrize(
    ("what", "when"),
    [("drink", "6"), ("drink", ""), ("drink in the sun", "soon"), ("drink", "eat in 6 seconds")],
)
def test_no_time_is_made_up(what: str, when: str) -> None:
    with pytest.raises(BadTime):
        read_reminder(what, when, NOW)
