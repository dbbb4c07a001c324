"""What the composition root hands to a conversation."""

from pathlib import Path

import pytest

from voicegui.audio.wav import read_wav
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.services import write_audio


async def test_kept_sound_becomes_a_wav_file(tmp_path: Path) -> None:
    sound = Audio(b"\1\2" * 1600, 16_000)
    await write_audio(str(tmp_path / "kept.wav"), sound)
    assert read_wav(tmp_path / "kept.wav") == sound


async def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(VoiceError) as caught:
        await write_audio(str(tmp_path / "none" / "kept.wav"), Audio(b"\1\2", 16_000))
    assert caught.value.code is ErrorCode.BAD_AUDIO_FILE
