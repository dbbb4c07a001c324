"""What a link does is a value; as the address of a link it comes back as the same value, whatever it holds."""

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl

from voicegui.core.events import Stage
from voicegui.ui.actions import Action, SwitchModel, ToggleCall, UseMicrophone, action_at, address_of

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = {int: st.integers(0, 1 << 40), str: _TEXT, Stage: st.sampled_from(list(Stage))}


def _any(kind: type) -> st.SearchStrategy[Action]:
    return st.builds(kind, *(_VALUES[get_type_hints(kind)[field.name]] for field in fields(kind)))


@pytest.mark.parametrize("kind", get_args(Action))
@given(data=st.data())
def test_every_action_comes_back_from_the_address_of_its_link(kind: type, data: st.DataObject) -> None:
    action = data.draw(_any(kind))
    address = address_of(action)
    assert action_at(address) == action
    through_qt = QUrl(address).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    assert action_at(through_qt) == action


@pytest.mark.parametrize(
    "value",
    ["openai:gpt-6.1-terra", "custom:a b/c:d", "custom:ü%41#?&=", "local:..", "", ":", "voicegui:end:1", "a\nb", "💡"],
)
def test_models_and_devices_of_any_name_can_be_chosen_by_a_link(value: str) -> None:
    for action in (SwitchModel(Stage.TTS, value), UseMicrophone(value)):
        url = QUrl(address_of(action))
        assert url.isValid() and action_at(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)) == action


@pytest.mark.parametrize(
    "address",
    [
        "",
        "voicegui",
        "voicegui:",
        "voicegui:unknown",
        "voicegui:call",
        "voicegui:call:",
        "voicegui:call:x",
        "voicegui:call:1:2",
        "voicegui:switch:nose:model",
        "voicegui:copy:1",
        "https://example.com/",
        "https:retry",
        "retry",
        "Voicegui:retry",
        "voicegui:Retry",
        "voicegui :retry",
    ],
)
def test_what_is_no_address_of_ours_does_nothing(address: str) -> None:
    assert action_at(address) is None


def test_no_two_actions_share_an_address() -> None:
    examples = [
        kind(*(_EXAMPLES[get_type_hints(kind)[field.name]] for field in fields(kind))) for kind in get_args(Action)
    ]
    assert len({address_of(each) for each in examples}) == len(examples)
    assert address_of(ToggleCall(65600)) == "voicegui:call:65600"


_EXAMPLES = {int: 1, str: "x", Stage: Stage.LLM}
