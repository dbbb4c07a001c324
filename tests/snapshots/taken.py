"""Takes the snapshots. `python -m tests.snapshots.taken` writes them anew: only for a change that users are told of."""

import asyncio
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from voicegui.core.approval import NOT_BY_VOICE
from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
    Continued,
    ConversationOver,
    Event,
    FellBack,
    Interrupted,
    LastConversationFound,
    LoadingProgressed,
    NotAnswered,
    NothingHeard,
    Noticed,
    NotTaken,
    PartialHeard,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    ReplyShortened,
    SentenceReady,
    SpeechEnded,
    SpeechStarted,
    Stage,
    StartedAfresh,
    StateChanged,
    Summarized,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import LoadingProgress
from voicegui.core.records import PastConversation
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolCall
from voicegui.storage.database import Database
from voicegui.storage.settings_file import save_settings
from voicegui.terminal.json_events import Journal

FOLDER = Path(__file__).parent
_COMMANDS: Sequence[Sequence[str]] = (
    *((), ("ask",), ("talk",), ("say",), ("devices",), ("models",), ("models", "list"), ("models", "get")),
    *(("tools",), ("tools", "list"), ("tools", "call"), ("serve",), ("doctor",)),
)
_WRONG: Sequence[Sequence[str]] = (
    *(("nothing",), ("ask",), ("ask", "missing.wav"), ("ask", "--text", " "), ("ask", "--text", "a", "b.wav")),
    *(("ask", "--text", "a", "--wait", "soon"), ("--llm", "nobody:x", "ask", "--text", "a"), ("models", "get", "none")),
    *(("say", "", "--print"), ("tools", "call", "none"), ("tools", "call", "calculate", "--arguments", "[]")),
    *(("tools", "call", "calculate", "--arguments", '{"expression": "1 +"}'), ("talk", "now")),
)
_CALL = ToolCall("call-1", "get_time", '{"place": "Lisbon"}')

EVENTS: Sequence[Event] = (
    *(
        LoadingProgressed(LoadingProgress("Loading")),
        Ready(),
        SpeechStarted(1),
        StateChanged(Phase.IDLE, True, False, False, False),
    ),
    *(SpeechEnded(1), PartialHeard(1, "what is"), UserSaid(1, "What is it?"), UserSaid(1, "What is it?", typed=True)),
    *(NothingHeard(1), NotTaken(1, "mm-hm", next(iter(Passed))), ReplyGrew(1, "It"), ReplyShortened(1, "It.")),
    *(SentenceReady(1, "It is."), PlaybackStarted(1), Interrupted(1, "It", " is.")),
    TurnDone(1, "What is it?", "It is.", Timings()),
    TurnFailed(1, ErrorCode.TIMED_OUT, "It took too long.", retryable=True, audio_kept=True),
    *(NotAnswered(1, partly=True), AudioSaved("/a.wav"), AudioNotSaved(ErrorCode.DISK_FULL, "The disk is full.")),
    *(FellBack(Stage.TTS, "Spoken by another."), Noticed("It ends soon.", Stage.LLM, "openai:next")),
    *(
        StartedAfresh(30),
        StartedAfresh(3, asked=True),
        ConversationOver(30),
        Summarized("They talked."),
        LastConversationFound(PastConversation(1, 0.0, (), False)),
        Continued(),
    ),
    *(ToolCalled(1, _CALL, "Time"), ToolFinished(1, "call-1", ok=True, text="noon", seconds=0.25)),
    *(ApprovalAsked(1, _CALL, "Time", NOT_BY_VOICE, by_voice=False), ApprovalAnswered("call-1", allowed=True)),
    *(ProblemAppeared("engine", ErrorCode.MODEL_MISSING, "A model is missing."), ProblemSolved("engine", "It works.")),
)
"""One of each kind, at least."""


def _run(arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory() as profile:
        command = [sys.executable, "-m", "voicegui", "--profile", profile, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=_environment(), check=False)


def _environment() -> Mapping[str, str]:
    return {**os.environ, "COLUMNS": "100", "VOICEGUI_MODELS": "/nonexistent"}


def helps() -> str:
    parts = []
    for command in _COMMANDS:
        done = _run((*command, "--help"))
        parts.append(f"$ voicegui {' '.join((*command, '--help'))}\n{done.stdout}[exit code {done.returncode}]\n")
    return "\n".join(parts)


def exit_codes() -> str:
    return "".join(f"{_run(command).returncode}  voicegui {' '.join(command)}\n" for command in _WRONG)


def settings_file() -> str:
    with tempfile.TemporaryDirectory() as folder:
        save_settings(file := Path(folder) / "settings.toml", Settings())
        return file.read_text("utf-8")


def schema() -> str:
    async def read(path: Path) -> str:
        database = Database(path)
        try:
            tables = await database.read(
                lambda connection: connection.execute(
                    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
                ).fetchall()
            )
            version = await database.read(lambda connection: connection.execute("PRAGMA user_version").fetchone())
        finally:
            await database.aclose()
        return f"PRAGMA user_version = {version[0]};\n" + "".join(f"{sql};\n" for (sql,) in tables)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(read(Path(folder) / "voicegui.db"))


def json_lines() -> str:
    stream = io.StringIO()
    journal = Journal(stream, 0.0, clock=lambda: 1.5)
    for event in EVENTS:
        journal.receive(event)
    return stream.getvalue()


SNAPSHOTS: Mapping[str, Callable[[], str]] = {
    "help.txt": helps,
    "exit_codes.txt": exit_codes,
    "settings.toml": settings_file,
    "schema.sql": schema,
    "events.jsonl": json_lines,
}

if __name__ == "__main__":
    for name, take in SNAPSHOTS.items():
        (FOLDER / name).write_text(take(), "utf-8")
