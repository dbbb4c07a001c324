"""Lists that are changed in two places at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.core.settings import Settings
from voicegui.storage import settings_file
from voicegui.storage.settings_file import SettingsStore
from voicegui.storage.settings_reading import merged


@pytest.mark.parametrize(
    ("before", "here", "there", "together"),
    [
        ("", "a=always", "b=never", "b=never, a=always"),
        ("", "a=always", "", "a=always"),
        ("a=always", "a=always, b=ask", "", "b=ask"),  # taken away by hand: it does not come back
        ("a=always, b=ask", "b=ask", "a=always, b=ask, c=never", "b=ask, c=never"),
        ("a=always", "a=never", "a=always, b=ask", "a=never, b=ask"),
        ("a=always", "a=always, b=ask", "a=never", "a=never, b=ask"),
        ("a=ask", "a=always", "a=never", "a=always"),  # who changed it last
        ("a=always", "", "a=always,b=never,", "b=never"),
        ("", "b=ask", "a=always, a=never", "a=always, a=never, b=ask"),  # the stricter one still holds
        ("server/x/y=ask@1f", "server/x/y=always@1f+", "z=ask, server/x/y=ask@1f", "z=ask, server/x/y=always@1f+"),
        ("a=ask", "b=ask", "a=ask", "b=ask"),
    ],
)
def test_permissions(before: str, here: str, there: str, together: str) -> None:
    assert merged("tool_permissions", before, here, there) == together


@pytest.mark.parametrize(
    ("before", "here", "there", "together"),
    [
        ("/a", "/a\n/b", "", "/b"),  # no longer shared
        ("/a\n/b", "/b", "/a\n/b\n/c, d", "/b\n/c, d"),
        ("/a=1", "/a=1\n/a=2", "/a=1\n/c", "/a=1\n/c\n/a=2"),
    ],
)
def test_shared_folders(before: str, here: str, there: str, together: str) -> None:
    assert merged("shared_folders", before, here, there) == together


def test_what_is_no_list_is_as_it_is_here() -> None:
    assert merged("prompt", "a", "b, c", "d, e") == "b, c"


def test_a_permission_written_by_hand_outlives_one_given_in_the_window(tmp_path: Path) -> None:
    path, first = tmp_path / "settings.toml", replace(Settings(), tool_permissions="get_weather=always")
    settings_file.save_settings(path, first)
    store = SettingsStore(path, first, first)
    settings_file.save_settings(path, replace(first, tool_permissions="open_url=never"))  # another program, or a person
    store.write(replace(first, tool_permissions="get_weather=always, remember=ask"))
    assert settings_file.load_settings(path)[0].tool_permissions == "open_url=never, remember=ask"
    store.write(replace(first, tool_permissions="get_weather=always"))
    assert settings_file.load_settings(path)[0].tool_permissions == "open_url=never"


def test_what_cannot_be_read_is_not_taken_for_nothing(tmp_path: Path) -> None:
    path, first = tmp_path / "settings.toml", replace(Settings(), tool_permissions="open_url=never")
    settings_file.save_settings(path, first)
    store = SettingsStore(path, first, first)
    path.write_text(path.read_text("utf-8").replace("open_url=never", "open_url=perhaps"), "utf-8")
    store.write(replace(first, tool_permissions="open_url=never, remember=ask"))
    assert settings_file.load_settings(path)[0].tool_permissions == "open_url=never, remember=ask"
