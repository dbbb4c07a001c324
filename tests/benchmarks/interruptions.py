"""Talking over a reply, on headphones: words that mean it, and sounds that do not."""

from collections.abc import Callable

from .analysis import RATE, first_sound, milliseconds, percentile, samples, silence_after
from .clips import Clip, clips
from .program import REAL_EARS, Event, talk
from .replies import LONG, SHORT, SHORTEST
from .report import Report
from .scripted import Script
from .stage import Heard, NotHeard, Stage, stage

SILENCE_MS = 200
GIVEN_UP_MS = 3000
"""Counted for an interruption that never brings silence."""

GOES_ON_WITHIN_MS = 500
THINKING_S = 2.5
ROUNDS = 2
LONG_S = 55.0
"""Of the long reply, a little less than it is."""


def harmless() -> list[Clip]:
    """10 "mm-hm", 5 coughs, 5 clicks."""
    return [*clips("backchannel"), *clips("noise"), *clips("click")]


def begin_reply(on: Stage, script: Script, lead_ms: float) -> None:
    """Asks and waits until the reply has been sounding for a while."""
    script.write(on.program.script)
    on.quiet()
    before = on.program.count
    on.say(clips("question")[7]).speaking.wait()
    wait_speaking(on, before, lead_ms)


def wait_speaking(on: Stage, since: int, lead_ms: float) -> None:
    on.program.expect("playback_started", since=since, timeout=30)
    on.recorder.wait_ms(lead_ms)


# ---------------------------------------------------------------- words that mean it


def barge_in(report: Report, name: str = "barge_in") -> None:
    with stage(name, lambda environment: talk(environment, REAL_EARS)) as on:
        on.program.expect_ready()
        latencies: list[float] = []
        ignored = 0
        begin_reply(on, Script(reply=LONG), 1200)
        for number, clip in enumerate(clips("interruption") * ROUNDS):
            before = on.program.count
            saying = on.say(clip)
            taken = on.program.wait(_is("playback_started"), since=before, timeout=6)
            ignored += taken is None
            try:
                latencies.append(until_silent(on.heard(saying)))
                on.note(clip=clip.name, silent_after_ms=latencies[-1], taken=taken is not None)
            except NotHeard as error:
                on.note(clip=clip.name, spoilt=str(error), taken=taken is not None)
            if taken is None:
                begin_reply(on, Script(reply=LONG), 1200)
            else:
                on.recorder.wait_ms(1000 + 97 * number % 400)  # not always at the same place of the reply
    report.add("barge_in_ms.p50", percentile(latencies, 50))
    report.add("barge_in_ms.p95", percentile(latencies, 95))
    report.add("barge_in.not_taken", ignored)
    report.add("barge_in.count", len(latencies))


def until_silent(heard: Heard) -> float:
    """From the labelled onset to 200 ms below -50 dBFS. Raises NotHeard when no reply sounded that could stop."""
    if first_sound(heard.speaker[max(0, heard.clip_start - samples(100)) : heard.clip_start]) is None:
        raise NotHeard("the reply was silent already")
    silent = silence_after(heard.speaker, heard.clip_start, samples(SILENCE_MS))
    if silent is None or silent + samples(SILENCE_MS) > len(heard.speaker):
        return GIVEN_UP_MS
    return milliseconds(silent - heard.clip_start)


def _is(kind: str) -> Callable[[Event], bool]:
    return lambda event: event.type == kind


# ---------------------------------------------------------------- sounds that do not


def backchannels(report: Report, name: str = "backchannels") -> None:
    with stage(name, lambda environment: talk(environment, REAL_EARS)) as on:
        on.program.expect_ready()
        stopped = [clip.name for clip in harmless() if _stops(on, clip)]
    report.add("backchannel_stops", len(stopped))


def _stops(on: Stage, clip: Clip) -> bool:
    """Over a reply. A new reply would take a second, so what sounds before is the old one."""
    if not _goes_on(on):
        on.program.rest(90)
        begin_reply(on, Script(reply=LONG), 800)
        Script(reply=SHORT, thinking_s=1.0).write(on.program.script)
    heard = on.heard(on.say(clip), more_ms=1300)
    again = first_sound(heard.speaker, heard.clip_end)
    resumed_ms = None if again is None else milliseconds(again - heard.clip_end)
    later = heard.clip_end + samples(GOES_ON_WITHIN_MS)
    broken = silence_after(heard.speaker[: later + samples(600)], later, samples(SILENCE_MS)) is not None
    stops = resumed_ms is None or resumed_ms > GOES_ON_WITHIN_MS or broken
    on.note(clip=clip.name, sounds_after_ms=resumed_ms, breaks_off_later=broken, stops=stops)
    return stops


def _goes_on(on: Stage) -> bool:
    """The long reply is still there, with enough left of it."""
    told = on.program.since()
    begun = [number for number, event in enumerate(told) if event.type == "playback_started"]
    over = [number for number, event in enumerate(told) if event.type == "turn"]
    if not begun or (over and over[-1] > begun[-1]):
        return False
    passed = (on.recorder.position - on.recorder.sample_at(told[begun[-1]].at)) / RATE
    paused = told[-1].type == "state" and told[-1].fields["user_speaking"]
    return not paused and LONG_S - passed > 4 and _is_long(on)


def _is_long(on: Stage) -> bool:
    return [event.fields["text"] for event in on.program.since() if event.type == "sentence"][-1] in LONG


def thinking(report: Report) -> None:
    with stage("backchannels_thinking", lambda environment: talk(environment, REAL_EARS)) as on:
        on.program.expect_ready()
        lost = [clip.name for clip in harmless() if _loses(on, clip)]
    report.add("backchannel_stops_thinking", len(lost))


def _loses(on: Stage, clip: Clip) -> bool:
    """While it thinks: does the reply still come, in its time?"""
    program = on.program
    Script(reply=SHORTEST, thinking_s=THINKING_S).write(program.script)
    on.quiet()
    asked, before = len(program.asked()), program.count
    on.say(clips("question")[7])
    program.wait(_is_processing, since=before)
    on.recorder.wait_ms(350)
    saying = on.say(clip)
    program.wait(lambda event: event.type == "turn" and bool(event.fields["assistant"]), since=before, timeout=8)
    program.rest()
    heard = on.heard(saying)
    ready = on.recorder.sample_at(program.asked()[asked] + THINKING_S) - heard.offset
    due = max(ready, heard.clip_end)
    sound = first_sound(heard.speaker)
    late = None if sound is None else milliseconds(sound - due)
    on.note(clip=clip.name, after_due_ms=late)
    return late is None or late > GOES_ON_WITHIN_MS


def _is_processing(event: Event) -> bool:
    return event.type == "state" and event.fields["state"] == "processing"
