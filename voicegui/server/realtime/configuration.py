"""The configuration of a Realtime session: what clients may send, and what of it is in force."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from voicegui.core.settings import Settings
from voicegui.core.tools import Permission, ToolInfo

from ..g711 import Law
from .events import Json, RefusedEvent, clean, optional_text, text_field

PCM_HZ, TELEPHONE_HZ = 24_000, 8_000
LAWS: Mapping[str, Law] = {"audio/pcmu": "mulaw", "audio/pcma": "alaw"}

MOST_TOOLS = 128
MOST_SCHEMA = 32_000
"""Characters of what describes the arguments of a tool."""

LONGEST_SESSION = 300_000
"""Characters of JSON: what nobody knows is kept in some places, and all of it is told again and again."""

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EAGERNESS = {"low": 2.0, "medium": 1.0, "auto": 1.0, "high": 0.5}
"""By how much the patience of the settings is scaled."""

_WHOLE = ("turn_detection", "format", "tools", "tool_choice", "output_modalities", "tracing", "truncation", "prompt")
"""Are replaced, not merged, unless they are of the same type."""

_KNOWN = {
    "realtime": {
        "type", "model", "output_modalities", "instructions", "tools", "tool_choice", "max_output_tokens", "tracing",
        "truncation", "prompt", "include", "audio", "parallel_tool_calls", "reasoning",
    },
    "transcription": {"type", "include", "audio"},
}  # fmt: skip


def default_session(kind: str, model: str, settings: Settings) -> Json:
    pcm = {"type": "audio/pcm", "rate": PCM_HZ}
    detection = {
        "type": "server_vad",
        "threshold": settings.threshold,
        "prefix_padding_ms": 300,
        "silence_duration_ms": settings.silence_ms,
        "create_response": True,
        "interrupt_response": True,
    }
    heard: Json = {"format": pcm, "transcription": None, "noise_reduction": None, "turn_detection": detection}
    if kind == "transcription":
        return {"type": kind, "audio": {"input": {**heard, "transcription": {"model": model or "local"}}}}
    return {
        "type": "realtime",
        "model": model or "local",
        "output_modalities": ["audio"],
        "instructions": settings.prompt,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "truncation": "auto",
        "audio": {"input": heard, "output": {"format": dict(pcm), "voice": "local", "speed": 1.0}},
    }


def merged_session(session: Json, given: Mapping[str, Any], defaults: Json) -> Json:
    """With what `given` says of it. What nobody knows is left out. Raises RefusedEvent."""
    kind = given.get("type", session["type"])
    if not isinstance(kind, str) or kind not in _KNOWN:
        raise RefusedEvent("invalid_value", "session.type has to be realtime or transcription.", "session.type")
    base = session if kind == session["type"] else defaults
    known = {name: value for name, value in given.items() if name in _KNOWN[kind]}
    made = _merge(base, known, 0)
    audio = made.get("audio")
    if kind == "transcription" and isinstance(audio, dict):
        made["audio"] = {"input": audio.get("input")}
    heard = audio.get("input") if isinstance(audio, dict) else None
    detection = heard.get("turn_detection") if isinstance(heard, dict) else None
    if isinstance(heard, dict) and isinstance(detection, dict):  # what is not echoed is taken to be otherwise
        usual = default_detection(detection.get("type"), defaults)
        heard["turn_detection"] = usual | {name: each for name, each in detection.items() if each is not None}
    if len(json.dumps(made)) > LONGEST_SESSION:
        raise RefusedEvent("invalid_value", "The session has become too long.", "session")
    return made


def default_detection(kind: object, defaults: Json) -> Json:
    if kind == "semantic_vad":
        return {"type": kind, "eagerness": "auto", "create_response": True, "interrupt_response": True}
    usual: Json = defaults["audio"]["input"]["turn_detection"] if kind == "server_vad" else {}
    return usual if usual.get("type") == kind else {}


def _merge(old: Any, new: Mapping[str, Any], depth: int) -> Json:
    if depth > 8:
        raise RefusedEvent("invalid_value", "The session is nested too deeply.", "session")
    made = dict(old) if isinstance(old, dict) else {}
    for name, value in new.items():
        before = made.get(name)
        same = isinstance(before, dict) and isinstance(value, dict) and value.get("type") in (None, before.get("type"))
        merges = isinstance(value, dict) and (name not in _WHOLE or same)
        made[clean(name)] = _merge(before, value, depth + 1) if merges else value
    return made


@dataclass(frozen=True, slots=True)
class RealtimeOptions:
    """What is in force of a session."""

    transcribes_only: bool = False
    shows_transcripts: bool = False
    detects_turns: bool = True
    creates_responses: bool = True
    interrupts_responses: bool = True
    threshold: float | None = None
    silence_ms: int | None = None
    """None: as the server's own settings have it."""
    patience: float = 1.0
    """Times that of the server's own settings."""
    input_law: Law | None = None
    output_law: Law | None = None
    instructions: str = ""
    tools: Sequence[ToolInfo] = ()
    aloud: bool = True
    max_tokens: int | None = None

    @property
    def input_hz(self) -> int:
        return TELEPHONE_HZ if self.input_law else PCM_HZ

    @property
    def output_hz(self) -> int:
        return TELEPHONE_HZ if self.output_law else PCM_HZ


def read_session(session: Json, usual: Settings) -> RealtimeOptions:
    """Raises RefusedEvent for what cannot be done as it is asked for."""
    audio = _object(session.get("audio"), "session.audio")
    heard = _object(audio.get("input"), "session.audio.input")
    said = _object(audio.get("output"), "session.audio.output")
    transcription = heard.get("transcription")
    if transcription is not None:
        _object(transcription, "session.audio.input.transcription")
    only = session["type"] == "transcription"
    options = RealtimeOptions(
        transcribes_only=only,
        shows_transcripts=only or transcription is not None,
        input_law=_law(heard.get("format"), "session.audio.input.format"),
        output_law=_law(said.get("format"), "session.audio.output.format"),
    )
    options = _with_turns(options, heard.get("turn_detection"), usual)
    return options if only else replace(options, **read_answering(session, "session"))


def read_answering(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What a session and a response may both say of answers."""
    read: dict[str, Any] = {}
    if (instructions := optional_text(given, "instructions", where)) is not None:
        read["instructions"] = instructions
    if given.get("tools") is not None or given.get("tool_choice") is not None:
        read["tools"] = _chosen(_tools(given.get("tools") or (), where), given.get("tool_choice"), where)
    if (modalities := given.get("output_modalities")) is not None:
        if modalities not in (["audio"], ["text"], ["text", "audio"], ["audio", "text"]):
            path = f"{where}.output_modalities"
            raise RefusedEvent("invalid_value", f"{path} has to be ['audio'] or ['text'].", path)
        read["aloud"] = "audio" in modalities
    most = given.get("max_output_tokens")
    if most is not None and most != "inf":
        if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 100_000:
            path = f"{where}.max_output_tokens"
            raise RefusedEvent("invalid_value", f"{path} has to be a number from 1 on, or 'inf'.", path)
        read["max_tokens"] = most
    return read


def settings_for(options: RealtimeOptions, usual: Settings) -> Settings:
    """Of the conversation."""
    return replace(
        usual,
        prompt=options.instructions,
        opening_line="",
        max_turns=0,
        max_tokens=options.max_tokens or usual.max_tokens,
        threshold=usual.threshold if options.threshold is None else options.threshold,
        silence_ms=usual.silence_ms if options.silence_ms is None else options.silence_ms,
        patience=usual.patience * options.patience,
    )


def _with_turns(options: RealtimeOptions, detection: object, usual: Settings) -> RealtimeOptions:
    where = "session.audio.input.turn_detection"
    if detection is None:
        return replace(options, detects_turns=False)
    given = _object(detection, where)
    options = replace(
        options,
        creates_responses=_truth(given, "create_response", where),
        interrupts_responses=_truth(given, "interrupt_response", where),
    )
    if given.get("type") == "semantic_vad":
        eagerness = given.get("eagerness") or "auto"
        if not isinstance(eagerness, str) or eagerness not in _EAGERNESS:
            raise RefusedEvent("invalid_value", "eagerness is low, medium, high or auto.", f"{where}.eagerness")
        return replace(options, patience=_EAGERNESS[eagerness])
    if given.get("type") != "server_vad":
        raise RefusedEvent("invalid_value", "There is server_vad and semantic_vad.", f"{where}.type")
    _number(given, "prefix_padding_ms", 0, 10_000, where)
    silence = _number(given, "silence_duration_ms", 0, 10_000, where)
    threshold = _number(given, "threshold", 0, 1, where)
    if silence is not None and silence != usual.silence_ms:  # the client decides, whatever the words sound like
        options = replace(options, silence_ms=max(96, round(silence)), patience=0.0)
    return options if threshold is None else replace(options, threshold=min(max(threshold, 0.2), 0.95))


def _law(given: object, where: str) -> Law | None:
    if given is None:
        return None
    form = _object(given, where)
    kind = form.get("type", "audio/pcm")
    if isinstance(kind, str) and kind in LAWS:
        return LAWS[kind]
    if kind != "audio/pcm":
        raise RefusedEvent("invalid_value", "There is audio/pcm, audio/pcmu and audio/pcma.", f"{where}.type")
    if form.get("rate", PCM_HZ) != PCM_HZ:
        raise RefusedEvent("invalid_value", f"audio/pcm has a rate of {PCM_HZ}.", f"{where}.rate")
    return None


def _tools(given: object, where: str) -> Sequence[ToolInfo]:
    path = f"{where}.tools"
    if not isinstance(given, list | tuple) or len(given) > MOST_TOOLS:
        raise RefusedEvent("invalid_value", f"{path} has to be a list of at most {MOST_TOOLS} tools.", path)
    return tuple(_tool(_object(each, f"{path}[{number}]"), f"{path}[{number}]") for number, each in enumerate(given))


def _tool(given: Json, where: str) -> ToolInfo:
    if given.get("type") != "function":
        raise RefusedEvent("invalid_value", "Only tools of the type function are known here.", f"{where}.type")
    name = text_field(given, "name", where, 64)
    if not _TOOL_NAME.fullmatch(name):
        raise RefusedEvent("invalid_value", "A name has letters, digits, _ and - only.", f"{where}.name")
    parameters = given.get("parameters")
    schema = {"type": "object", "properties": {}} if parameters is None else _object(parameters, f"{where}.parameters")
    if len(json.dumps(schema)) > MOST_SCHEMA:
        raise RefusedEvent("invalid_value", "What describes the arguments is too long.", f"{where}.parameters")
    description = optional_text(given, "description", where, 10_000) or name
    return ToolInfo(name, description, schema, permission=Permission.ALWAYS, reviewed=True)


def _chosen(tools: Sequence[ToolInfo], choice: object, where: str) -> Sequence[ToolInfo]:
    if choice == "none":
        return ()
    if isinstance(choice, dict) and choice.get("type") == "function":
        named = tuple(tool for tool in tools if tool.name == choice.get("name"))
        if not named:
            path = f"{where}.tool_choice"
            raise RefusedEvent("invalid_value", "tool_choice names no tool that is offered.", path)
        return named
    return tools


def _object(given: object, where: str) -> Json:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RefusedEvent("invalid_value", f"{where} has to be an object.", where)
    return given


def _truth(given: Json, name: str, where: str) -> bool:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise RefusedEvent("invalid_value", f"{name} has to be true or false.", f"{where}.{name}")
    return value is not False


def _number(given: Json, name: str, least: float, most: float, where: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise RefusedEvent("invalid_value", f"{name} has to be from {least} to {most}.", f"{where}.{name}")
    return float(value)
