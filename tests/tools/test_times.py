"""Natural times: what is meant, in every zone, and that nothing is ever silently wrong."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.time_phrases import TO_CHECK, WRITTEN_FIRST
from voicegui.tools.times.durations import LONGEST, duration
from voicegui.tools.times.local_time import local_zone, said, said_length
from voicegui.tools.times.moments import Moment, moment
from voicegui.tools.times.phrases import BadTime, normalized

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 3, 11, 14, 20, tzinfo=LISBON)


def phrases(text: str) -> list[tuple[str, str]]:
    rows = [line.rpartition("|") for line in text.strip().splitlines()]
    return [(phrase.strip(), meaning.strip()) for phrase, _, meaning in rows]


def meant(meaning: str) -> datetime:
    day, clock = meaning.split()
    numbers = [int(number) for number in day.split("-")]
    year, month, day_of_month = [2026, 3][: 3 - len(numbers)] + numbers
    return datetime.fromisoformat(f"{year}-{month:02}-{day_of_month:02} {clock}")


def local(found: Moment, now: datetime = NOW) -> datetime:
    return datetime.fromtimestamp(found.at, now.tzinfo).replace(tzinfo=None)


@pytest.mark.parametrize(("phrase", "meaning"), [*phrases(WRITTEN_FIRST), *phrases(TO_CHECK)])
def test_phrases(phrase: str, meaning: str) -> None:
    if meaning == "-":
        with pytest.raises(BadTime) as refused:
            moment(phrase, NOW)
        assert str(refused.value)[-1] in ".?"
    else:
        assert local(moment(phrase, NOW)) == meant(meaning)


@pytest.mark.parametrize(
    ("now", "phrase", "meaning"),
    [
        ("2026-03-11 22:00", "at 8", "2026-03-12 08:00"),
        ("2026-03-11 22:00", "at 3", "2026-03-12 15:00"),
        ("2026-03-11 22:00", "at 5", "2026-03-12 05:00"),
        ("2026-03-11 01:00", "at 3", "2026-03-11 03:00"),
        ("2026-03-11 01:00", "at 2 at night", "2026-03-11 02:00"),
        ("2026-03-11 08:00", "at 8", "2026-03-11 20:00"),
        ("2026-03-11 07:59", "at 8", "2026-03-11 08:00"),
        ("2026-03-11 23:59", "at midnight", "2026-03-12 00:00"),
        ("2026-03-11 00:00", "at midnight", "2026-03-12 00:00"),
        ("2026-03-15 12:00", "next Monday at 9", "2026-03-16 09:00"),
        ("2026-03-16 12:00", "next Monday at 9", "2026-03-23 09:00"),
        ("2026-03-16 12:00", "on Monday at 4 pm", "2026-03-16 16:00"),
        ("2026-01-31 12:00", "in a month", "2026-02-28 12:00"),
        ("2026-04-30 12:00", "on the 31st at noon", "2026-05-31 12:00"),
        ("2026-12-31 23:00", "tomorrow", "2027-01-01 09:00"),
        ("2026-12-31 23:00", "the last Sunday of March at noon", "2027-03-28 12:00"),
        ("2026-02-10 12:00", "on the 5th Sunday of March at noon", "2026-03-29 12:00"),
    ],
)
def test_it_depends_on_the_time_of_asking(now: str, phrase: str, meaning: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=LISBON)
    assert local(moment(phrase, asked), asked) == datetime.fromisoformat(meaning)


# ---------------------------------------------------------------- clocks that change


def test_a_time_that_the_clocks_jump_over_is_told() -> None:
    found = moment("on March 29 at 1:30 am", NOW)
    assert local(found) == datetime(2026, 3, 29, 2, 30)
    assert found.said.written() == "on Sunday, 29 March, at 2:30 in the morning"
    assert found.note.written() == (
        "There is no time at 1:30 in the morning that day, because the clocks go forward; "
        "I take it at 2:30 in the morning."
    )


def test_a_time_that_comes_twice_is_told_and_is_the_first() -> None:
    found = moment("on October 25 at 1:30 am", NOW)
    assert found.at == datetime(2026, 10, 25, 1, 30, tzinfo=LISBON, fold=0).timestamp()
    assert (
        found.note.written() == "The clocks go back that day and it is twice at 1:30 in the morning; I take the first."
    )


def test_hours_are_hours_and_days_are_days_where_the_clocks_change() -> None:
    night = datetime(2026, 3, 28, 20, 0, tzinfo=LISBON)
    assert moment("in 24 hours", night).at == night.timestamp() + 24 * 3600
    assert moment("in a day", night).at == night.timestamp() + 23 * 3600
    assert moment("tomorrow at 8 pm", night).at == night.timestamp() + 23 * 3600
    assert moment("in 90 minutes", night.replace(hour=23, minute=55)).note.written() == ""


def test_a_zone_that_changes_by_half_an_hour_and_one_far_from_utc() -> None:
    lord_howe = datetime(2026, 10, 3, 12, 0, tzinfo=ZoneInfo("Australia/Lord_Howe"))
    assert local(moment("on October 4 at 2:10 am", lord_howe), lord_howe) == datetime(2026, 10, 4, 2, 40)
    kiritimati = datetime(2026, 3, 11, 14, 20, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    assert moment("tomorrow at noon", kiritimati).at == datetime(2026, 3, 11, 22, 0, tzinfo=ZoneInfo("UTC")).timestamp()


def test_a_time_with_an_offset_of_its_own_is_brought_here() -> None:
    new_york = NOW.astimezone(ZoneInfo("America/New_York"))
    assert local(moment("2026-03-11T20:00:00Z", new_york), new_york) == datetime(2026, 3, 11, 16, 0)


def test_the_zone_of_this_machine_is_there() -> None:
    assert datetime.now(local_zone()).utcoffset() is not None


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("every day at 8", "I can remind you once, but not again and again."),
        ("on Mondays", "I can remind you once, but not again and again."),
        ("five minutes ago", "That is in the past."),
        ("today at 10 in the morning", "That was today at 10 in the morning: it is over already."),
        ("2026-03-10 09:00", "That was yesterday at 9 in the morning: it is over already."),
        ("2025-03-10 09:00", "That was on Monday, 10 March 2025, at 9 in the morning: it is over already."),
        ("Friday the 14th at 9", "14 March is a Saturday, not a Friday."),
        ("3/4 at noon", "3/4 can mean two days. Say the month by its name."),
        ("10", "Say whether 10 is a time of day or a number of minutes."),
        ("today", "At what time today?"),
        ("2026-02-31", "There is no such time."),
        ("on the 6th Friday of March", "There is no such day."),
        ("on the 0th day of March", "There is no such day."),
        ("on the 31st of next month at 9", "There is no such day."),
        ("2099-01-01", "That is more than ten years away."),
        ("in 99999999999 weeks", "That is more than ten years away."),
        ("in half a month", "Months have different lengths: say it in weeks or days."),
        ("ten minutes " * 1000, None),
    ],
)
def test_what_is_refused_says_why(phrase: str, sentence: str | None) -> None:
    with pytest.raises(BadTime) as refused:
        moment(phrase, NOW)
    general = "I do not understand when that is. Say it like “in ten minutes” or “tomorrow at five pm”."
    assert str(refused.value) == (sentence or general)


WORDS = normalized(WRITTEN_FIRST + TO_CHECK).replace("|", " ").split()


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=LONGEST + 5), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)))
def test_whatever_is_said_it_is_a_time_ahead_or_a_sentence(phrase: str) -> None:
    try:
        found = moment(phrase, NOW)
    except BadTime as refused:
        assert str(refused)[-1] in ".?"  # noqa: PT017
    else:
        assert found.at > NOW.timestamp()
        assert found.said


# ---------------------------------------------------------------- lengths, and times said aloud


@pytest.mark.parametrize(
    ("phrase", "seconds"),
    [
        ("10 minutes", 600),
        ("ten minutes", 600),
        ("for an hour and a half", 5400),
        ("ten minutes max", 600),
        ("a good twenty minutes", 1200),
        ("a full hour", 3600),
        ("an extra 5 minutes", 300),
        ("5 additional minutes", 300),
        ("five minutes more", 300),
        ("+5 minutes", 300),
        ("at least ten minutes", 600),
        ("no more than ten minutes", 600),
        ("um, ten minutes", 600),
        ("something like ten minutes", 600),
        ("ten minutes from now", 600),
        ("1h30", 5400),
        ("1h 30m 5s", 5405),
        ("90 seconds", 90),
        ("half a minute", 30),
        ("2.5 hours", 9000),
        ("quarter of an hour", 900),
    ],
)
def test_lengths(phrase: str, seconds: float) -> None:
    found = duration(phrase)
    assert (found.seconds, found.days, found.months) == (seconds, 0, 0)


@pytest.mark.parametrize("phrase", ["", "10", "soon", "0 minutes", "minus 5 minutes", "5 minutes and", "1:75"])
def test_lengths_that_are_none(phrase: str) -> None:
    with pytest.raises(BadTime):
        duration(phrase)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-03-11 20:00", "at 8 in the evening"),
        ("2026-03-12 00:00", "at midnight"),
        ("2026-03-12 12:00", "tomorrow at noon"),
        ("2026-03-13 00:30", "on Friday at 12:30 in the morning"),
        ("2026-03-18 09:05", "on Wednesday, 18 March, at 9:05 in the morning"),
        ("2027-03-11 22:00", "on Thursday, 11 March 2027, at 10 at night"),
        ("2026-03-10 15:00", "yesterday at 3 in the afternoon"),
        ("2026-03-09 15:00", "on Monday, 9 March, at 3 in the afternoon"),
        ("2026-03-11 09:00", "today at 9 in the morning"),
    ],
)
def test_times_are_said_as_people_say_them(moment: str, sentence: str) -> None:
    assert said(datetime.fromisoformat(moment).replace(tzinfo=LISBON), NOW).written() == sentence


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (2, "2 seconds"),
        (60, "1 minute"),
        (90, "1 minute and 30 seconds"),
        (3661, "1 hour and 1 minute"),
        (0.2, "1 second"),
    ],
)
def test_lengths_are_said_as_people_say_them(seconds: float, sentence: str) -> None:
    assert said_length(seconds).written() == sentence


def test_what_was_said_is_understood_again() -> None:
    """A model repeats what it was told."""
    for hours in range(1, 24 * 20, 7):
        wanted = (NOW + timedelta(hours=hours)).replace(minute=0)
        assert moment(said(wanted, NOW).written(), NOW).at == wanted.timestamp()


@pytest.mark.parametrize("text", ["one hundred " * 1500 + "minutes", "a hundred and one hundred minutes"])
def test_hundreds_of_hundreds_are_no_number(text: str) -> None:
    for read in (duration, lambda words: moment(words, NOW)):
        with pytest.raises(BadTime):
            read(text)


# ---------------------------------------------------------------- hedges, half units, a smaller unit left out

FRIDAY = datetime(2026, 11, 27, 22, 0, tzinfo=LISBON)


@pytest.mark.parametrize(
    ("phrase", "seconds"),
    [
        ("about ten minutes", 600), ("in about ten minutes", 600), ("roughly 20 minutes", 1200),
        ("approx. 10 minutes", 600), ("~10 minutes", 600), ("ten minutes or so", 600),
        ("ten minutes give or take", 600),
        ("some ten minutes", 600), ("another five minutes", 300), ("five more minutes", 300),
        ("just over an hour", 3600),
        ("10ish minutes", 600), ("ten minutes' time", 600), ("an hour's time", 3600), ("the next hour", 3600),
        ("a half hour", 1800), ("half hour", 1800), ("half an hour or so", 1800), ("half of an hour", 1800),
        ("a half a minute", 30), ("a quarter hour", 900), ("quarter of an hour", 900), ("three quarter hour", 2700),
        ("three quarters of an hour", 2700), ("two and one half hours", 9000), ("one and three quarter hours", 6300),
        ("minute and a half", 90), ("a couple hours", 7200), ("couple of minutes", 120),
        ("two minutes thirty", 150), ("2:30", 150), ("0:45", 45), ("10:00", 600), ("1:30:00", 5400), ("00:10:00", 600),
        ("2:30 minutes", 150), ("1:30 hours", 5400), ("2'30\"", 150), ("an hour twenty", 4800), ("one hour 15", 4500),
        ("an hour and twenty", 4800), ("an hour oh five", 3900), ("1h05", 3900), ("2m30", 150), ("2min30s", 150),
        ("1 hr 5 min", 3900), ("90 secs", 90), ("1 hour 30 minutes 15", 5415), ("PT1H30M", 5400), ("PT10M", 600),
    ],
)  # fmt: skip
def test_lengths_as_people_shorten_them(phrase: str, seconds: float) -> None:
    found = duration(phrase)
    assert (found.seconds, found.days, found.months) == (seconds, 0, 0)


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("in a few minutes", "Say how many minutes: a few can be three or ten."),
        ("in several hours", "Say how many hours: a few can be three or ten."),
        ("in an hour or two", "Say one length of time."),
        ("in 5 to 10 minutes", "Say one length of time."),
        ("in roughly 20", "Say whether 20 are seconds, minutes or hours."),
        ("in 1:30", "Say whether 1:30 are hours and minutes or minutes and seconds."),
        ("tonight at 12 pm", "Twelve pm is noon. Say “noon” or “midnight”."),
        ("late tonight", "At what time?"),
        ("tonight", "At what time today?"),
        ("tomorrow morning at 8 pm", None), ("tomorrow afternoon at 11", None), ("tonight at 6 am", None),
        ("in an hour 75", None),
    ],
)  # fmt: skip
def test_what_is_left_open_is_asked(phrase: str, sentence: str | None) -> None:
    with pytest.raises(BadTime) as refused:
        moment(phrase, FRIDAY)
    general = "I do not understand when that is. Say it like “in ten minutes” or “tomorrow at five pm”."
    assert str(refused.value) == (sentence or general)


@pytest.mark.parametrize(
    ("now", "phrase", "meaning"),
    [
        *(
            ("2026-11-27 22:00", phrase, meaning)
            for phrase, meaning in [
                ("tonight at 12:30 am", "2026-11-28 00:30"), ("at 1 tonight", "2026-11-28 01:00"),
                ("tonight at midnight", "2026-11-28 00:00"), ("tonight at 12", "2026-11-28 00:00"),
                ("tonight at half past midnight", "2026-11-28 00:30"), ("ten past midnight", "2026-11-28 00:10"),
                ("tonight at quarter to midnight", "2026-11-27 23:45"), ("tonight at 0:30", "2026-11-28 00:30"),
                ("tonight at 3 in the morning", "2026-11-28 03:00"), ("tonight around one", "2026-11-28 01:00"),
                ("this evening at 1", "2026-11-28 01:00"), ("late tonight at 11:30", "2026-11-27 23:30"),
                ("Friday night at 1 am", "2026-11-28 01:00"), ("Saturday night at 2", "2026-11-29 02:00"),
                ("on the night of Friday at 1 am", "2026-11-28 01:00"), ("Saturday evening at 12", "2026-11-29 00:00"),
                ("tomorrow night at half past midnight", "2026-11-29 00:30"),
                ("tomorrow night at 1", "2026-11-29 01:00"),
                ("tomorrow at 12:30 am", "2026-11-28 00:30"), ("Saturday at 1 am", "2026-11-28 01:00"),
                ("on Monday night at 12", "2026-12-01 00:00"), ("November 30 at night at 1 am", "2026-12-01 01:00"),
                ("tomorrow evening at 8", "2026-11-28 20:00"), ("in an hour twenty", "2026-11-27 23:20"),
                ("in about half an hour", "2026-11-27 22:30"), ("tomorrow about 6", "2026-11-28 18:00"),
                ("at eight or so", "2026-11-28 08:00"), ("at 8ish", "2026-11-28 08:00"),
                ("in 2h30", "2026-11-28 00:30"),
                ("8 am", "2026-11-28 08:00"),
            ]
        ),
        ("2026-11-28 00:30", "tonight at 1 am", "2026-11-28 01:00"),
        ("2026-11-28 00:30", "tonight at 11", "2026-11-28 23:00"),
        ("2026-11-28 00:30", "tonight at midnight", "2026-11-29 00:00"),
        ("2026-11-28 00:30", "tomorrow night at 1 am", "2026-11-30 01:00"),
        ("2026-11-28 18:00", "this evening at 8", "2026-11-28 20:00"),
        ("2026-12-31 22:00", "tonight at 12:30 am", "2027-01-01 00:30"),
        ("2028-02-29 22:00", "tonight at 1", "2028-03-01 01:00"),
        ("2026-03-28 22:00", "tonight at 1:30 am", "2026-03-29 02:30"),
        ("2026-10-24 22:00", "tonight at 1:30 am", "2026-10-25 01:30"),
        ("2026-10-24 22:00", "tomorrow night at 1:30 am", "2026-10-26 01:30"),
    ],
)  # fmt: skip
def test_the_night_that_is_meant(now: str, phrase: str, meaning: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=LISBON)
    found = moment(phrase, asked)
    assert local(found, asked) == datetime.fromisoformat(meaning)
    assert moment(found.said.written(), asked).at == found.at, "what was said is understood again"


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        ("late Friday at 1 am", "28 01:00"), ("late on Friday at 1 am", "28 01:00"),
        ("late Friday at 01:00", "28 01:00"), ("late Friday night at 1", "28 01:00"),
        ("late at night on Friday at 1", "28 01:00"), ("late tonight at 1", "28 01:00"),
        ("late Saturday at half past midnight", "29 00:30"), ("late tomorrow at 12", "29 00:00"),
        ("late Saturday at 8", "28 20:00"), ("late Saturday at 11:30", "28 23:30"), ("late today at 11 pm", "27 23:00"),
        ("late Saturday at 3 pm", "28 15:00"), ("late Saturday morning at 11", "28 11:00"),
        ("late Saturday afternoon at 5", "28 17:00"), ("late in the evening at 11", "27 23:00"),
        ("early Saturday at 1 am", "28 01:00"), ("early Saturday at 5", "28 05:00"),
        ("early tomorrow at 6", "28 06:00"), ("early Saturday morning at 1", "28 01:00"),
        ("early tonight at 7", "27 19:00"), ("later today at 5", "27 17:00"), ("later tonight at 1", "28 01:00"),
        ("later on Saturday at 3", "28 15:00"),
        ("Friday night at 1", "28 01:00"), ("Friday night at 12:30", "28 00:30"), ("tonight at 1 am", "28 01:00"),
        ("Saturday at 1 at night", "29 01:00"), ("Saturday morning at 12:30", "28 00:30"),
        ("tomorrow at 12:15 in the morning", "28 00:15"), ("Saturday afternoon at 12", "28 12:00"),
        ("at 13.30 hours", "27 13:30"), ("tomorrow at 2.30", "28 14:30"), ("in 1.25 hours", "27 11:15"),
        ("in 2.5 hours", "27 12:30"),
    ],
)  # fmt: skip
def test_late_and_early(phrase: str, meaning: str) -> None:
    morning = FRIDAY.replace(hour=10, minute=0)
    assert local(moment(phrase, morning), morning) == datetime.fromisoformat(f"2026-11-{meaning}")


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("late Friday at 1", "Say whether that is in the afternoon or at night."),
        ("late today at 4:30", "Say whether that is in the afternoon or at night."),
        ("late Saturday", "At what time?"), ("early tomorrow", "At what time?"), ("later today", "At what time?"),
        ("Saturday morning at 12", "Say “noon” or “midnight” for twelve."),
        ("tomorrow morning at 12 o'clock", "Say “noon” or “midnight” for twelve."),
        ("early Saturday at 12", "Say “noon” or “midnight” for twelve."),
        ("at 12 in the morning", "Say “noon” or “midnight” for twelve."),
        ("late Saturday at 7 am", None), ("early Saturday at 1 pm", None), ("tonight at noon", None),
        ("in 2.30 hours", "2.30 hours can be 2 hours and 30 minutes, or a decimal number. Say which."),
    ],
)  # fmt: skip
def test_what_is_late_or_early_may_have_to_be_asked(phrase: str, sentence: str | None) -> None:
    with pytest.raises(BadTime) as asked:
        moment(phrase, FRIDAY.replace(hour=10, minute=0))
    assert str(asked.value) == sentence or sentence is None


@pytest.mark.parametrize(
    "phrase", ["2.30 minutes", "1.15 h", "1.50 hours", "0.30 hours", "2.05 min", "1 hour 2.30 minutes"]
)
def test_minutes_behind_a_point_are_asked(phrase: str) -> None:
    with pytest.raises(BadTime, match="or a decimal number"):
        duration(phrase)


@pytest.mark.parametrize(
    ("phrase", "seconds"),
    [("2.3 minutes", 138), ("2.00 minutes", 120), ("1.25 hours", 4500), ("1.75 hours", 6300), ("2.333 minutes", 140),
     ("2:30 minutes", 150), ("1.5 minutes", 90)],
)  # fmt: skip
def test_other_decimals_are_read(phrase: str, seconds: float) -> None:
    assert round(duration(phrase).seconds) == seconds
