"""The settings' pages about services and voices: stages given to a service, lists of models, samples of a voice."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.fake_session import FakeSession
from tests.ui.looking import choose, click, control, settled
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.setting_declaration import Group
from voicegui.ui.window import MainWindow

from .test_settings import KEY, Run, open_at, seen

OFFLINE = VoiceError(ErrorCode.TIMED_OUT, "OpenAI cannot be reached.", retryable=True, hint="Check the network.")


# ---------------------------------------------------------------- services


def test_a_stage_is_given_to_a_service(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        choose(control(window, "Thinking: This machine · Qwen 0.5B"), "Ollama (running here)", "llama4")
        assert session.settings.llm == "ollama:llama4"
        choose(control(window, "Thinking: Ollama (running here) · llama4"), "Ollama (running here)", "Other…")
        other = control(window, "Thinking: other")
        QTest.keyClicks(other, "gemma")
        QTest.keyClick(other, Qt.Key.Key_Return)
        assert session.settings.llm == "ollama:gemma"
        choose(control(window, "Thinking: Ollama (running here) · gemma"), "This machine", "Automatic")
        assert session.settings.llm == "local"

    run(steps)


def test_leaving_the_field_for_another_model(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        choose(control(window, "Thinking: This machine · Qwen 0.5B"), "OpenAI", "Other…")
        QTest.keyClicks(control(window, "Thinking: other"), "half")
        QTest.keyClick(control(window, "Thinking: other"), Qt.Key.Key_Escape)
        assert window.sheet.isVisible() and session.changes == []
        assert control(window, "Thinking: This machine · Qwen 0.5B").hasFocus()

    run(steps)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("openai:gpt-4o", "Ended on 14 January 2001."), ("openai:gpt-6-luna", ""), ("local", "")],
)
def test_a_model_that_ends_offers_its_successor(
    window: MainWindow, session: FakeSession, run: Run, model: str, sentence: str
) -> None:
    session.settings = replace(session.settings, llm=model)
    session.keys.kept["openai"] = (KeyPlace.KEYRING, Secret(KEY))

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert (sentence in seen(window)) or not sentence
        if sentence:
            click(control(window, "Switch to gpt-6-luna"))
            assert session.settings.llm == "openai:gpt-6-luna"
        assert not any("Ende" in text for text in seen(window))

    run(steps)


def test_the_picker_says_until_when(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        picker = control(window, "Speaking: This machine · Automatic")
        click(picker)
        menu = next(m for m in picker.parentWidget().menu.actions() if m.text() == "OpenAI").menu()
        texts = [action.text() for action in menu.actions()]
        assert texts == [
            "Automatic",
            "gpt-realtime-2.1-mini",
            "gpt-4o-mini-tts\tuntil 6 Jan 2999 → gpt-realtime-2.1-mini",
            "Other…",
        ]
        picker.parentWidget().menu.close()

    run(steps)


def test_an_unknown_service_is_said(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.settings = replace(session.settings, llm="nobody:x")

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert "This service is not known here. Choose another one." in seen(window)

    run(steps)


def test_services_found_while_it_is_open_are_offered(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.settings = replace(session.settings, llm="ollama:llama4")
    ollama = session.service_list.pop()

    async def find() -> None:
        session.service_list.append(ollama)

    async def steps() -> None:
        session.refresh_services = find
        await open_at(window, session, Group.SERVICES)
        assert "This service is not known here. Choose another one." not in seen(window)
        assert control(window, "Thinking: Ollama (running here) · llama4")
        assert control(window, "Enter the Ollama key")

    run(steps)


def test_lists_that_cannot_be_refreshed_may_be_old(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.refreshed = OFFLINE

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert any("The lists of models may be old: OpenAI cannot be reached." in text for text in seen(window))

    run(steps)


# ---------------------------------------------------------------- voices


def test_a_voice_is_heard_before_it_is_chosen(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.VOICE)
        session.heard.add("local", "heart", answer="")
        click(control(window, "Hear voice on this machine"))
        await settled(window)
        session.heard.add("local", "heart", answer=OFFLINE)
        click(control(window, "Hear voice on this machine"))
        await settled(window)
        assert "OpenAI cannot be reached. Check the network." in seen(window)
        choose(control(window, "Voice on this machine: Heart, American woman"), "Bella, American woman")
        assert session.settings.voice == "bella"

    run(steps)


def test_hearing_is_stopped_by_a_second_click_or_by_leaving(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.settings = replace(session.settings, tts="openai:gpt-realtime-2.1-mini")

    async def steps() -> None:
        await open_at(window, session, Group.VOICE)
        for stop in ("Hear voice of the service", "Done"):
            session.heard.add("openai", "marin", answer=None)
            click(control(window, "Hear voice of the service"))
            await session.heard.asked.wait()
            session.heard.asked.clear()
            click(control(window, stop))
            await settled(window)
        assert session.heard.cancelled == 2

    run(steps)
