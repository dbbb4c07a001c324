"""What the window says of where words go, and names that somebody else gave: in the real widgets."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QTextDocument
from PySide6.QtWidgets import QLabel, QWidget

from tests.ui.fake_session import MODELS, FakeSession
from tests.ui.looking import named, settled
from voicegui.core.errors import ErrorCode
from voicegui.core.events import ApprovalAsked, ProblemAppeared, ReplyGrew, Timings, ToolCalled, TurnDone
from voicegui.core.keys import KeyPlace
from voicegui.core.ports import DeviceInfo
from voicegui.core.records import Fact
from voicegui.core.session import PickerChoice
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ServerState, ToolFile, ToolServer
from voicegui.core.tools import SourceKind, ToolCall, ToolInfo, ToolSource
from voicegui.ui.window import MainWindow


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


# ---------------------------------------------------------------- the privacy sign


@pytest.mark.parametrize(
    ("values", "sign", "icon", "line"),
    [
        ({"use_tools": False}, "On this machine", "lock", "Thinking: on this machine"),
        ({}, "On this machine, tools online", "globe", "Tools that reach the network when they are used: Weather"),
        (
            {"llm": "ollama:llama4", "llm_url": "https://gpu.example.com/v1"},
            "In the cloud",
            "cloud",
            "Thinking: Ollama, gpu.example.com, in the cloud",
        ),
        (
            {"llm": "ollama:llama4", "llm_url": "http://192.168.1.5:11434/v1"},
            "In your network",
            "network",
            "Thinking: Ollama, 192.168.1.5:11434, in your network",
        ),
        ({"stt": "openai"}, "In the cloud", "cloud", "Hearing: OpenAI, api.openai.com, in the cloud"),
        ({"tts": "openai"}, "In the cloud", "cloud", "Speaking: OpenAI, api.openai.com, in the cloud"),
        (
            {"llm": "custom:x", "llm_url": "http://localhost:1234/v1", "use_tools": False},
            "On this machine",
            "lock",
            "Thinking: A compatible server, localhost:1234, on this machine",
        ),
        (
            {"llm": "custom:x", "llm_url": "http://localhost.evil.com/v1"},
            "In the cloud",
            "cloud",
            "Thinking: A compatible server, localhost.evil.com, in the cloud",
        ),
    ],
)
@pytest.mark.parametrize("width", [440, 480, 800, 1200])
def test_the_sign_is_true(
    bare_window: MainWindow, session: FakeSession, width: int, values: dict[str, Any], sign: str, icon: str, line: str
) -> None:
    session.settings = replace(Settings(), **values)
    bare_window.resize(width, 600)
    bare_window.attach(session)
    model, everything = bare_window.header.chips[0], bare_window.header.all
    shown = everything if everything.isVisible() else model
    assert model.face.text == shown.face.text == sign and model.face.icon == shown.face.icon == icon
    fits = QFontMetricsF(shown._font).horizontalAdvance(sign) + 16 + 16 + 20 + 2 * 8  # icon, chevron, padding, gaps
    assert shown.width() >= fits
    assert model.accessibleName().startswith(f"Model: {sign}")
    assert sign in everything.accessibleDescription()
    for chip in (model, everything):
        assert line in chip.toolTip() and line in chip.accessibleDescription()
        assert all(f"{stage}: " in chip.toolTip() for stage in ("Hearing", "Thinking", "Speaking"))
    assert not bare_window.grab().isNull()


def test_the_sign_follows_settings_and_tools(window: MainWindow, session: FakeSession) -> None:
    window._change(replace(session.settings, use_tools=False))
    assert window.header.chips[0].face.text == "On this machine"
    window._change(replace(session.settings, llm="openai:gpt-6-luna"))
    assert named(window, "Model: In the cloud gpt-6-luna") or window.header.chips[0].face.text == "In the cloud"
    window._change(replace(session.settings, llm="local", use_tools=True))
    session.toolbox.tools = [replace(tool, network=False) for tool in session.toolbox.tools]
    session.toolbox.tell()
    assert window.header.chips[0].face.text == "On this machine"
    session.toolbox.server_list = [ToolServer("notes", ServerState.WAITING)]
    session.toolbox.tell()
    assert window.header.chips[0].face.text == "On this machine, tools online"
    assert "notes" in window.header.chips[0].toolTip()


# ---------------------------------------------------------------- names of others

EVIL = "<b>Allowed</b> <img src='file:///etc/passwd'>\u202ex\x1b[2J"


def written(tooltip: str) -> str:
    """What Qt shows of a tooltip; fails if that is more than characters."""
    if not tooltip.startswith("<p "):
        assert "<" not in tooltip
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    shown = document.toPlainText()
    block = document.begin()
    assert "\ufffc" not in shown, "a picture"
    while block.isValid():
        for part in block.textFormats():
            assert part.format.fontWeight() <= 400 and not part.format.isAnchor(), "markup"
        block = block.next()
    return shown


def assert_plain(window: QWidget) -> None:
    tips = [written(each.toolTip()) for each in window.findChildren(QWidget) if each.toolTip()]
    assert not any("\u202e" in tip or "\x1b" in tip for tip in tips)
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()


def hostile(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "llm", [PickerChoice(f"ollama:{EVIL}", EVIL, EVIL, shutdown="2999-01-01")])
    session.settings = Settings(llm=f"ollama:{EVIL}", tts="openai", cloud_voice=EVIL, mcp_servers="{}")
    session.devices.microphone_list = [DeviceInfo("x", f"Mic {EVIL}", True)]
    session.keys.place = KeyPlace.KEYRING
    box = session.toolbox
    box.tools = [ToolInfo("evil", EVIL, label=EVIL, network=True, source=ToolSource(SourceKind.SERVER, EVIL))]
    box.server_list = [ToolServer(EVIL, ServerState.FAILED, 1, EVIL)]
    box.file_list = [ToolFile(EVIL, "a1", True, EVIL)]
    box.fact_list = [Fact(1, EVIL, 1.79e9)]
    box.logs = {EVIL: EVIL}


def test_names_are_plain_in_the_window(
    bare_window: MainWindow, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile(session, monkeypatch)
    bare_window.resize(1400, 700)
    bare_window.attach(session)
    session.emit(ProblemAppeared("microphone", ErrorCode.NO_MICROPHONE, EVIL * 9, EVIL, "x"))
    session.emit(ToolCalled(1, ToolCall("1", EVIL, f'{{"a": "{EVIL[:20]}"}}'), EVIL))
    session.emit(ApprovalAsked(1, ToolCall("2", EVIL, "{}"), EVIL, EVIL))
    bare_window.grab()
    assert_plain(bare_window)
    microphone = bare_window.header.chips[1]
    assert written(microphone.toolTip()).startswith(
        "Microphone: Mic <b>Allowed</b> <img src='file:///etc/passwd'>⟨U+202E⟩"
    )


@pytest.mark.parametrize("group", [Group.SERVICES, Group.VOICE, Group.SOUND, Group.TOOLS])
def test_names_are_plain_in_the_settings(
    bare_window: MainWindow,
    session: FakeSession,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., None],
    group: Group,
) -> None:
    hostile(session, monkeypatch)

    async def steps() -> None:
        bare_window.attach(session)
        bare_window.sheet.open(session, group)
        await settled(bare_window)
        bare_window.grab()
        assert_plain(bare_window)

    run(steps)


def test_the_settings_say_where_each_stage_sends(
    bare_window: MainWindow, session: FakeSession, run: Callable[..., None]
) -> None:
    session.settings = Settings(llm="ollama", llm_url="https://gpu.example.com/v1")

    async def steps() -> None:
        bare_window.attach(session)
        bare_window.sheet.open(session, Group.SERVICES)
        await settled(bare_window)
        assert bare_window.sheet.page is not None
        texts = [label.text() for label in bare_window.sheet.page.findChildren(QLabel)]
        assert any("Ollama, gpu.example.com, in the cloud" in text for text in texts)
        assert any("Turns speech into text · On this machine" in text for text in texts)

    run(steps)


# ---------------------------------------------------------------- links


def anchors(window: MainWindow) -> list[tuple[str, str, str]]:
    """(text, address, tooltip) of the links."""
    window.transcript.flush()
    found = []
    block = window.transcript.document().begin()
    while block.isValid():
        for part in block.textFormats():
            if part.format.isAnchor():
                text = block.text()[part.start : part.start + part.length]
                found.append((text, part.format.anchorHref(), written(part.format.toolTip())))
        block = block.next()
    return found


@pytest.mark.parametrize(
    ("source", "host", "opens"),
    [
        ("https://аpple.com/a", "xn--pple-43d.com", "https://xn--pple-43d.com/a"),
        ("https://good.com@evil.com/a", "evil.com", "https://evil.com/a"),
        ("[good.com](https://evil.com/)", "evil.com", "https://evil.com/"),
        ("[the bank](https://good.com⁄login.evil.com)", "good.xn--comlogin-g03d.evil.com", None),
        ("https://good.com%2eevil.com/", "good.com.evil.com", "https://good.com.evil.com/"),
        ("**https://xn--pple-43d.com**", "xn--pple-43d.com", "https://xn--pple-43d.com"),
    ],
)
def test_a_link_that_lies_is_marked(
    window: MainWindow, session: FakeSession, source: str, host: str, opens: str | None
) -> None:
    said = f"See {source} now."
    session.emit(ReplyGrew(1, said), TurnDone(1, "", said, Timings()))
    ((_, address, tip),) = anchors(window)
    assert f"⚠ {host}" in window.transcript.toPlainText()
    assert tip.startswith(host) and address == (opens or address) and address.isascii()


@pytest.mark.parametrize(
    "source", ["https://example.org/a", "[the guide](https://example.org)", "[example.org](https://www.example.org/x)"]
)
def test_an_honest_link_is_not(window: MainWindow, session: FakeSession, source: str) -> None:
    session.emit(ReplyGrew(1, f"See {source} now."))
    assert len(anchors(window)) == 1 and "⚠" not in window.transcript.toPlainText()


def test_what_leads_nowhere_is_no_link(window: MainWindow, session: FakeSession) -> None:
    session.emit(ReplyGrew(1, "See [x](https://256.1.1.1/) and https://good.com%2fx and [y](https://a%00b)."))
    assert anchors(window) == []


def test_a_tooltip_of_a_link_is_plain(window: MainWindow, session: FakeSession) -> None:
    session.emit(ReplyGrew(1, "See [x](https://evil.com/<img/src='file:///etc/passwd'><b>y</b>) now."))
    ((_, _, tip),) = anchors(window)
    assert "<" not in tip and "https://evil.com/%3Cimg/src='file:///etc/passwd'%3E%3Cb%3Ey%3C/b%3E" in tip


def test_a_card_says_where_it_really_leads(window: MainWindow, session: FakeSession) -> None:
    call = ToolCall("1", "open_url", '{"url": "https:\\/\\/good.com@evil.com/", "b": "https://\\u0430pple.com"}')
    session.emit(ApprovalAsked(1, call, "Open", "Shall I?"))
    assert "⚠ leads to evil.com" in window.approval.origin.text().replace("\u200b", "")
    assert "xn--pple-43d.com" in window.approval.origin.text().replace("\u200b", "")
