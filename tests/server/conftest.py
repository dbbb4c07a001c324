import pytest

from voicegui.audio import network_sound

from .realtime_server import LoudActivity


@pytest.fixture
def loud_is_speech(monkeypatch):
    monkeypatch.setattr(network_sound, "VoiceActivity", LoudActivity)
