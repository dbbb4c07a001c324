"""Keys in the settings: entered, tested, removed, and what a keyring that fails costs."""

import logging
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, control, name_of, settled
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.session import ServiceInfo
from voicegui.core.setting_declaration import Group
from voicegui.ui.window import MainWindow

from .test_settings import KEY, Run, open_at, seen

# ---------------------------------------------------------------- keys


def enter(window: MainWindow, key: str) -> QLineEdit:
    click(control(window, "Enter the OpenAI key"))
    field = control(window, "OpenAI key")
    assert isinstance(field, QLineEdit) and field.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(field, key)
    click(control(window, "Save the OpenAI key"))
    return field


def test_a_key_is_entered_tested_and_removed(
    window: MainWindow, session: FakeSession, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    session.settings = replace(session.settings, llm="openai:gpt-6-luna")
    caplog.set_level(logging.DEBUG)

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert "No key" in seen(window) and "OpenAI has no key yet." in seen(window)
        session.key_tests.add("openai", answer="Works.")
        field = enter(window, f" {KEY} ")
        await settled(window)
        assert session.keys.kept["openai"] == (KeyPlace.KEYRING, Secret(KEY))
        assert "In the keyring · Works." in seen(window) and "OpenAI has no key yet." not in seen(window)
        assert field.text() == ""
        session.key_tests.add("openai", answer="Works still.")
        click(control(window, "Test the OpenAI key"))
        await settled(window)
        assert "In the keyring · Works still." in seen(window)
        click(control(window, "Remove the OpenAI key"))
        assert "openai" in session.keys.kept  # asked first
        click(control(window, "Remove it"))
        await settled(window)
        assert session.keys.kept == {} and "No key" in seen(window)
        click(control(window, "Cancel: settings as before"))

    run(steps)
    assert KEY not in caplog.text


def test_a_server_without_a_name_reads_well(window: MainWindow, session: FakeSession, run: Run) -> None:
    own = ServiceInfo("custom", "A compatible server", needs_key=True, called="your server", called_first="Your server")
    session.service_list.append(own)
    session.settings = replace(session.settings, llm="custom:gemma")

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert {"Key of your server", "Your server has no key yet."} <= set(seen(window))
        click(control(window, "Enter the key of your server"))
        QTest.keyClicks(control(window, "Key of your server"), KEY)
        session.key_tests.add("custom", answer="Works.")
        click(control(window, "Save the key of your server"))
        await settled(window)
        assert control(window, "Test the key of your server") and control(window, "Remove the key of your server")

    run(steps)


def test_a_key_that_cannot_be_one_is_refused(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        field = enter(window, "sk-one sk-two")
        assert any(text.startswith("The key contains a space") for text in seen(window))
        assert field.isVisible() and session.keys.kept == {}
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not field.isVisible() and field.text() == "" and window.sheet.isVisible()

    run(steps)


def test_a_wrong_key_is_said_in_the_sheet(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.keys.kept["openai"] = (KeyPlace.ENVIRONMENT, Secret(KEY))
    wrong = VoiceError(ErrorCode.BAD_SETTINGS, "OpenAI does not accept this key.", hint="Enter another one.")

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        session.key_tests.add("openai", answer=wrong)
        click(control(window, "Test the OpenAI key"))
        await settled(window)
        texts = seen(window)
        assert "OpenAI does not accept this key. Enter another one." in texts and "From OPENAI_API_KEY" in texts
        assert not any(name_of(w) == "Remove the OpenAI key" for w in window.findChildren(QWidget) if w.isVisible())

    run(steps)


def test_a_missing_keyring_is_said(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        assert "Keyring" not in seen(window)
        session.keys.said, session.keys.place = "The keyring is locked.", KeyPlace.MEMORY
        session.key_tests.add("openai", answer="Works.")
        enter(window, KEY)
        await settled(window)
        assert "The keyring is locked." in seen(window) and "Only for this session · Works." in seen(window)

    run(steps)


def test_a_keyring_that_fails_keeps_what_was_shown(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.keys.kept["openai"] = (KeyPlace.KEYRING, Secret(KEY))
    session.keys.failures.append(VoiceError(ErrorCode.ENGINE_FAILED, "The keyring did not answer."))

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        click(control(window, "Remove the OpenAI key"))
        click(control(window, "Remove it"))
        await settled(window)
        assert "The keyring did not answer." in seen(window) and "In the keyring" in seen(window)

    run(steps)


def test_storing_a_key_survives_closing_the_sheet(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        enter(window, KEY)
        click(control(window, "Done"))
        await settled(window)
        assert session.keys.kept["openai"] == (KeyPlace.KEYRING, Secret(KEY))

    run(steps)


def test_a_stage_without_a_key_leads_to_it(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.settings = replace(session.settings, stt="openai:gpt-transcribe")

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        click(control(window, "Enter the key"))
        assert control(window, "OpenAI key").hasFocus()

    run(steps)
