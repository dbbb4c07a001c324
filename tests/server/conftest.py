import pytest

from voicegui.audio import peer_microphone

from .realtime_server import LoudActivity


@pytest.fixture
def loud_is_speech(monkeypatch):
    monkeypatch.setattr(peer_microphone, "VoiceActivity", LoudActivity)
