"""Pictures of the window in every state: `python -m tests.ui.gallery FOLDER [WORD …]`, with every WORD in the name.

Runs without a display. Look at the pictures; no test can.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from voicegui.core.events import Ready
from voicegui.core.setting_declaration import Group
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .scenes import (
    Scene,
    boxes,
    empty,
    ended,
    engine,
    failed,
    failed_below,
    hearing,
    kept,
    last,
    latched,
    links,
    loading,
    long_text,
    missing,
    missing_later,
    muted,
    new_after_last,
    new_below,
    no_key,
    not_taken,
    nothing,
    problem,
    read_out,
    rich,
    rich_cut,
    second,
    sign,
    speaking,
    unanswered,
    waits,
    writing,
)
from .settings_scenes import bad_url, key_entered, key_works, key_wrong, removing, settings, tools_page, unread
from .tool_scenes import (
    approval,
    approval_exactly,
    approval_long,
    approval_mail,
    calls,
    opened,
    opened_hostile,
    reminder,
)

SCENES: dict[str, Callable[[FakeSession], None]] = {
    "talk-last": last, "talk-new": new_after_last, "talk-unanswered": unanswered,
    "sign-here": sign(use_tools=False), "sign-tools": sign(), "sign-cloud": sign(stt="openai"),
    "sign-network": sign(llm="ollama:llama4", llm_url="http://192.168.1.5:11434/v1"), "links": links,
    "rich": rich, "rich-cut": rich_cut,
    "speaking": speaking, "hearing": hearing, "problem": problem, "engine": engine, "long": long_text,
    "failed": failed, "kept": kept, "no-key": no_key, "ended": ended, "empty": empty,
    "nothing": nothing, "loading": loading, "muted": muted, "latched": latched, "missing-first": missing,
    "missing-later": missing_later, "calls": calls, "approval": approval, "approval-long": approval_long,
    "reminder": reminder, "not-taken": not_taken, "boxes": boxes, "approval-mail": approval_mail,
}  # fmt: skip


SHEETS: dict[str, Scene] = {
    "new-below": new_below, "failed-below": failed_below, "approval-exactly": approval_exactly,
    "talk-writing": writing, "talk-read-out": read_out, "talk-waits": waits, "talk-second": second,
    "calls-opened": opened, "calls-opened-hostile": opened_hostile,
    "settings-services": key_works, "settings-key-wrong": key_wrong, "settings-key-entered": key_entered,
    "settings-removing": removing, "settings-bad-url": bad_url,
    "settings-conversation": settings(Group.CONVERSATION, preset="interpreter"),
    "settings-voice": settings(Group.VOICE, tts="openai:gpt-realtime-2.1-mini"),
    "settings-turns": settings(Group.TURN_TAKING), "settings-sound": settings(Group.SOUND),
    "settings-limits": settings(Group.LIMITS), "settings-privacy": settings(Group.PRIVACY),
    "settings-appearance": settings(Group.APPEARANCE),
    "settings-tools": tools_page(), "settings-tools-own": tools_page("Your own tools", "Allow lights.py"),
    "settings-tools-unread": unread(), "settings-tools-read": unread("Read them"),
    "settings-tools-mcp": tools_page("MCP servers", "Log: notes", mcp_servers='{"mcpServers": {"notes": {}}}'),
    "settings-tools-facts": tools_page("What it remembers"), "settings-tools-bare": settings(Group.TOOLS),
    "settings-search": settings(Group.VOICE, search="voice"),
    "settings-nothing": settings(Group.VOICE, search="quantum"),
}  # fmt: skip
SIZES = {"480": (480, 720), "1000": (1000, 720), "1200": (1200, 800), "1920": (1920, 1000)}


async def render(app: QApplication, folder: Path, theme: str, words: list[str], scale: str) -> None:
    for scene in [*SCENES, *SHEETS]:
        for size, (width, height) in SIZES.items():
            name = f"{theme}-{scene}-{size}{'@2' if scale == '2' else ''}"
            wanted = all(word in name for word in words)
            if not wanted or (scale == "2" and size != "480"):
                continue
            window = MainWindow(theme)
            window.resize(width, height)
            waiting = QEventLoop()
            window.waveform_ready.connect(waiting.quit)
            window.show()
            waiting.exec()
            session = FakeSession()
            session.drawn = window.settle
            window.attach(session)
            if scene not in ("loading", "missing-first"):
                session.emit(Ready())
            if scene in SHEETS:
                await SHEETS[scene](window, session)
            else:
                SCENES[scene](session)
            while window._presenter.previous.gradually.busy:
                app.processEvents()
            window.transcript.flush()
            window.settle()
            app.processEvents()
            while window.approval.isVisible() and not window.approval.allow.isEnabled():
                app.processEvents()
            window.grab().save(str(folder / f"{name}.png"))
            window.detach()
            window.join()
            window.close()
            window.deleteLater()
            app.processEvents()


def main() -> None:
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    if "GALLERY_THEME" in os.environ:
        app = QApplication(sys.argv[:1])
        app.setQuitOnLastWindowClosed(False)
        theme, scale = os.environ["GALLERY_THEME"], os.environ.get("QT_SCALE_FACTOR", "1")
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            runner.run(render(app, folder, theme, words, scale))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        for scale in ("1", "2"):
            env = {"GALLERY_THEME": theme, "VOICEGUI_THEME": theme, "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "tests.ui.gallery", str(folder), *words]
            subprocess.run(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | env, check=True)


if __name__ == "__main__":
    main()
