"""Words that a person reads in the settings and about tools: none of the trade without hovering."""

import re

import pytest

from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import declared

TRADE = re.compile(r"token|NAME=|\bstage|\bLLM\b|\bSTT\b|\bTTS\b|the person|ISO 639|language model|\bcodes\b", re.I)


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)
def test_a_setting_is_said_in_plain_words(each: SettingDeclaration) -> None:
    assert not TRADE.search(f"{each.label} {each.help} {each.unit}"), each.name


@pytest.mark.parametrize("group", list(Group))
def test_a_page_is_said_in_plain_words(group: Group) -> None:
    assert not TRADE.search(f"{group.label} {group.help}")
