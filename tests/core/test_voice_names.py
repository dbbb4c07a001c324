import pytest

from voicegui.core.display_names import voice_label


@pytest.mark.parametrize(
    ("service", "name", "label"),
    [
        ("local", "heart", "Heart, American woman"),
        ("local", "emma", "Emma, British woman"),
        ("local", "fenrir", "Fenrir, American man"),
        ("local", "somebody", "Somebody"),
        ("openai", "marin", "Marin"),
        ("openai", "fable", "Fable"),
        ("kokoro", "af_bella", "Bella, American woman"),
        ("kokoro", "bm_george", "George, British man"),
        ("kokoro", "zf_xiaobei", "Xiaobei, Chinese woman"),
        ("custom", "en_US-lessac-medium", "en_US-lessac-medium"),
        ("custom", "voice_6f2a", "voice_6f2a"),
        ("custom", "xq_name", "xq_name"),
        ("custom", "Rachel", "Rachel"),
        ("custom", "", ""),
        ("custom", "<b>", "<b>"),
    ],
)
def test_a_voice_is_called_as_a_person_calls_it(service: str, name: str, label: str) -> None:
    assert voice_label(service, name) == label


def test_all_voices_of_this_machine_are_described() -> None:
    from hibari.voices import VOICES

    for name, voice in VOICES.items():
        person = {"female": "woman", "male": "man"}[voice["gender"]]
        assert voice_label("local", name) == f"{name.capitalize()}, {voice['accent']} {person}"
