"""What is added to services that take their time: OpenAI's API, played on loopback (`openai_server`)."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from .analysis import first_sound, milliseconds, percentile
from .clips import BUILD, Clip, clips
from .openai_server import FIRST_TOKEN_S, SPEECH_S, STT_S, TOKEN_S, OpenAIServer, recorded_speech, tokens
from .overhead import ask, voice_to_voice
from .processes import family, pss_mb_of
from .program import Program, talk
from .replies import ANSWERS
from .report import Report
from .scripted import Script
from .stage import Heard, Stage, stage
from .window import control, longest_stall, probe, window

TURNS = 15
TURNS_BEFORE_MEMORY = 5
STARTS = 3
STALL_TURNS = 60
CLOUD = ("--stt", "openai:gpt-transcribe", "--llm", "openai", "--tts", "openai:gpt-4o-mini-tts")
LIVE = ("--stt", "openai:gpt-live-transcribe", *CLOUD[2:])

_SENTENCE_MS = 1000 * (FIRST_TOKEN_S + (len(tokens(ANSWERS[0][0])) - 1) * TOKEN_S)
"""From the question to the last token of the first sentence."""


@dataclass(frozen=True)
class Shares:
    """Where the overhead of a turn comes from, in ms; together they are the overhead. Each without what the service
    itself takes."""

    hear: float
    """From the end of speech until the words are asked for."""
    decide: float
    """From the words until the language model is asked."""
    cut: float
    """From the end of the first sentence until its speech is asked for."""
    play: float
    """From the first speech until it sounds, the wait for the end of the turn included."""


def overhead(report: Report) -> None:
    _measure(report, "openai", CLOUD, 1000 * STT_S)


def live_stt(report: Report) -> None:
    """The text is ready when speech ends."""
    _measure(report, "openai.live_stt", LIVE, 0.0)


def _measure(report: Report, key: str, services: Sequence[str], stt_ms: float) -> None:
    latencies: list[float] = []
    shares: list[Shares] = []
    missed = 0
    with OpenAIServer(recorded_speech()) as server, stage(key.replace(".", "_"), _talk(server, services)) as on:
        on.program.expect_ready()
        for clip, reply in zip((clips("question") * 2)[:TURNS], ANSWERS, strict=False):
            before = len(server.asked)
            heard, timings = _ask(on, server, clip, reply)
            latency = voice_to_voice(heard)
            share = _shares(on, heard, server.asked[before:], stt_ms)
            if latency is None or latency < 0 or share is None:
                missed += 1
            else:
                latencies.append(latency - stt_ms - _SENTENCE_MS - 1000 * SPEECH_S)
                shares.append(share)
            on.note(clip=clip.name, voice_to_voice_ms=latency, shares=share and astuple(share), timings_ms=timings)
    report.add(f"{key}.overhead_ms.p50", percentile(latencies, 50))
    report.add(f"{key}.overhead_ms.p95", percentile(latencies, 95))
    for name in Shares.__annotations__:
        report.add(f"{key}.overhead_ms.{name}", percentile([getattr(each, name) for each in shares], 50))
    report.add(f"{key}.not_answered_or_too_early", missed)
    _require_expected(server)


def _talk(server: OpenAIServer, services: Sequence[str]) -> Callable[[Any], Program]:
    return lambda environment: talk(server.environment(environment), services)


def _ask(on: Stage, server: OpenAIServer, clip: Clip, reply: Sequence[str]) -> tuple[Heard, Any]:
    """What was recorded, and what the program says of the turn's times."""
    server.heard, server.reply = clip.text, reply
    before = on.program.count
    heard = ask(on, clip, Script())
    turns = [event for event in on.program.since(before) if event.type == "turn"]
    return heard, turns[-1].fields["timings_ms"] if turns else None


def _shares(on: Stage, heard: Heard, asked: Sequence[tuple[str, float]], stt_ms: float) -> Shares | None:
    """Of the requests that led to what sounded: those before were taken back because the user went on. None if
    nothing sounded or was asked."""
    sound = first_sound(heard.speaker, heard.clip_start)
    llm = max((number for number, (what, _) in enumerate(asked) if what == "llm"), default=None)
    if sound is None or llm is None:
        return None
    stt_at = max((at for what, at in asked[:llm] if what == "stt"), default=None)
    tts_at = min((at for what, at in asked[llm:] if what == "tts"), default=None)
    if stt_at is None or tts_at is None:
        return None

    def after_speech(at: float) -> float:
        return milliseconds(on.recorder.sample_at(at) - heard.offset - heard.clip_end)

    hear, llm_ms, tts_ms = after_speech(stt_at), after_speech(asked[llm][1]), after_speech(tts_at)
    return Shares(
        round(hear),
        round(llm_ms - hear - stt_ms),
        round(tts_ms - llm_ms - _SENTENCE_MS),
        round(milliseconds(sound - heard.clip_end) - tts_ms - 1000 * SPEECH_S),
    )


def _require_expected(server: OpenAIServer) -> None:
    if server.failures:
        raise RuntimeError(f"the service was asked for what it does not offer: {server.failures[:3]}")


# ---------------------------------------------------------------- the window


def import_stall(report: Report) -> None:
    """The window with a model of OpenAI beside local speech, from the start until it is ready, the longest of some
    starts; and one of the same window without OpenAI, for what the rest of the start costs."""
    report.add("openai.import_stall_ms", max(_stall("openai_start", "openai") for _ in range(STARTS)))
    report.add("openai.import_stall_ms.without_openai", _stall("openai_start_without", "scripted"))


def _stall(name: str, llm: str) -> float:
    with OpenAIServer({}) as server:
        with window(name, ("--llm", llm), variables=server.environment({})) as (on, _):
            on.program.expect_ready()
            ready = next(event.at for event in on.program.since() if event.type == "ready")
            begun = on.program.started_at
            on.quiet()
        _require_expected(server)
    return longest_stall(probe(name)["late"], begun, ready)


def gui_stall(report: Report) -> None:
    """A long conversation in the window, in which every request is longer than the one before: the longest time in
    which the window did nothing, and beside it that of a process that has nothing to do."""
    control_file = BUILD / "openai_control.json"
    with OpenAIServer(recorded_speech()) as server:
        with window("openai_gui_stall", CLOUD, variables=server.environment({})) as (on, screen):
            on.program.expect_ready()
            with control(control_file, screen):
                begun = time.monotonic()
                for number in range(STALL_TURNS):
                    questions = clips("question")
                    _ask(on, server, questions[number % len(questions)], ANSWERS[number % len(ANSWERS)])
                ended = time.monotonic()
        _require_expected(server)
    seen, idle = probe("openai_gui_stall"), json.loads(control_file.read_text())
    report.add("openai.gui_stall_ms", longest_stall(seen["late"], begun, ended))
    report.add("openai.gui_stall_ms.control", longest_stall(idle["late"], begun, ended))
    report.add("openai.gui_stall_ms.longest_request_kb", server.longest_question / 1000)


def memory(report: Report) -> None:
    """The window, which holds no model, and its child, which holds the small one that judges the end of a turn."""
    with OpenAIServer(recorded_speech()) as server:
        with window("openai_window", CLOUD, probed=False, variables=server.environment({})) as (on, _):
            on.program.expect_ready()
            for clip, reply in zip(clips("question")[:TURNS_BEFORE_MEMORY], ANSWERS, strict=False):
                heard, timings = _ask(on, server, clip, reply)
                on.note(clip=clip.name, voice_to_voice_ms=voice_to_voice(heard), timings_ms=timings)
            parent, *children = family(on.program.process.pid)
            report.add("openai.rss_mb", pss_mb_of([parent]))
            report.add("openai.child_mb", pss_mb_of(children))
        _require_expected(server)
