import pytest

from tests.ui.looking import contrast
from voicegui.ui.theme import DARK, LIGHT, Tokens

TEXT = [
    ("text", "background"), ("text", "surface"), ("text", "raised"), ("text", "chip"), ("text", "you_ground"),
    ("text", "agent_ground"), ("secondary", "background"), ("secondary", "surface"), ("secondary", "chip"),
    ("secondary", "you_ground"), ("secondary", "raised"), ("faint", "background"), ("faint", "surface"),
    ("you", "surface"), ("agent", "surface"), ("warning", "surface"), ("error", "background"), ("error", "surface"),
    ("error", "raised"), ("error", "chip"), ("warning", "background"), ("recording", "raised"),
    ("on_you", "you"), ("on_agent", "agent"), ("on_recording", "recording"), ("recording", "surface"),
]  # fmt: skip


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_every_text_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5
