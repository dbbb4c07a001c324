import os
import subprocess
import sys
import tomllib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pseudo_language import PSEUDO
from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import Settings, declared
from voicegui.core.wording import use_translations
from voicegui.storage import settings_file
from voicegui.storage.migrations import VERSION
from voicegui.storage.settings_file import allowed, rendered, wanted_value
from voicegui.storage.settings_reading import read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def loaded(file: Path, content: str | bytes) -> tuple[Settings, list[str]]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    settings, problems = settings_file.load_settings(file)
    return settings, [problem.written() for problem in problems]


# ---------------------------------------------------------------- what is written


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "profile" / "settings.toml"
    changed = replace(Settings(), threshold=0.7, hands_free=False, prompt='Say "hi"\nin two lines. Ünïcode ☺')
    settings_file.save_settings(file, changed)
    assert settings_file.load_settings(file) == (changed, [])
    assert set(os.listdir(file.parent)) - {"settings.toml.lock"} == {"settings.toml"}


def values(each: SettingDeclaration) -> st.SearchStrategy[Any]:
    if each.kind is bool:
        return st.booleans()
    if each.kind is int:
        return st.integers(int(each.low or 0), int(each.high or 0))
    if each.kind is float:
        return st.floats(each.low, each.high)
    if each.choices:
        return st.sampled_from(each.choices)
    return st.sampled_from((each.default, each.example)) if each.pattern else st.text()


@given(st.fixed_dictionaries({}, optional={each.name: values(each) for each in declared()}))
def test_any_settings_survive_the_file(values: dict[str, Any]) -> None:
    wanted = Settings(**values)
    found = read_settings(rendered(wanted, VERSION, {}).encode(), Path("settings.toml"))
    assert (Settings(**found.values), found.problems, found.unknown) == (wanted, [], {})


def test_the_file_tells_a_person_all_there_is(file: Path) -> None:
    settings_file.save_settings(file, replace(Settings(), patience=2.0))
    text = file.read_text("utf-8")
    words = " ".join(text.replace("#", " ").split())
    for each in declared():
        assert f"{each.label}: {each.help}." in words
    assert "# A number from 0.5 to 3.0 ×.\npatience = 2.0\n" in text
    assert "\n# One of system, light, dark.\n#theme = " in text
    assert [line[1:-1] for line in text.splitlines() if line.startswith("[")] == [str(group) for group in Group]
    assert max(map(len, text.splitlines())) <= 120


def test_what_is_the_default_is_not_set_so_that_a_later_default_holds(file: Path) -> None:
    settings_file.save_settings(file, replace(Settings(), patience=2.0))
    assert tomllib.loads(file.read_text("utf-8"))["turn_taking"] == {"patience": 2.0}


def test_every_commented_setting_can_be_uncommented(file: Path) -> None:
    settings_file.save_settings(file, Settings())
    active = [line[1:] if line.startswith("#") and line[1] != " " else line for line in file.read_text().splitlines()]
    content = tomllib.loads("\n".join(active))
    assert {name: value for group in Group for name, value in content[group].items()} == asdict(Settings())
    assert loaded(file, "\n".join(active)) == (Settings(), [])


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links of POSIX")
def test_a_linked_file_stays_linked_and_private(tmp_path: Path) -> None:
    target, link = tmp_path / "dotfiles" / "voice.toml", tmp_path / "settings.toml"
    target.parent.mkdir()
    link.symlink_to(target)
    settings_file.save_settings(link, replace(Settings(), voice="bella"))
    assert link.is_symlink() and settings_file.load_settings(target)[0].voice == "bella"
    assert target.stat().st_mode & 0o077 == 0


def test_a_failed_save_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_file.save_settings(file, Settings())
    before = file.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings_file.save_settings(file, replace(Settings(), voice="other"))
    assert file.read_bytes() == before
    assert set(os.listdir(file.parent)) - {"settings.toml.lock"} == {"settings.toml"}


# ---------------------------------------------------------------- what a person did to it


def test_no_file_means_defaults(file: Path) -> None:
    assert settings_file.load_settings(file) == (Settings(), [])


def test_invalid_values_are_named_and_the_rest_is_used(file: Path) -> None:
    content = 'voice = 3\nthreshold = 7\nsilence_ms = 300.5\nhands_free = 1\npatience = 2\nllm = "local:x"\n'
    found, problems = loaded(file, content)
    assert found == replace(Settings(), patience=2.0, llm="local:x")
    assert problems == [
        f'The setting voice in {file} should be text in quotes; "heart" is used instead.',
        f"The setting threshold in {file} should be a number from 0.1 to 0.95; 0.5 is used instead.",
        f"The setting silence_ms in {file} should be a whole number from 96 to 2000; 150 is used instead.",
        f"The setting hands_free in {file} should be true or false; true is used instead.",
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("threshold = nan", "a number from 0.1 to 0.95"),
        ("threshold = true", "a number from 0.1 to 0.95"),
        ('theme = "pink"', "one of system, light, dark"),
        ('llm_url = "http://me:secret@host/v1"', "text like http://localhost:1234/v1, or empty"),
        ('languages = "en\\n"', None),
        ('languages = "en; pt"', "text like en, pt, or empty"),
        ("max_turns = 3.0", "a whole number from 0 to 1000"),
        ("[threshold]\nx = 1", "a number from 0.1 to 0.95"),
    ],
)
def test_values_that_are_not_allowed(file: Path, line: str, sentence: str | None) -> None:
    found, problems = loaded(file, f"version = 2\n{line}\n")
    if sentence is None:
        assert found.languages == "en\n" and problems == []
        return
    assert found == Settings()
    assert f"should be {sentence};" in problems[0]
    assert [each.partition(" in ")[0] for each in problems[1:]] == ["There seems to be a key"] * ("secret" in line)
    assert not any("secret" in each for each in problems)


def test_a_setting_counts_in_whichever_section_it_stands(file: Path) -> None:
    found, problems = loaded(file, 'version = 2\ntheme = "dark"\n[voice]\npatience = 2.0\nvoice = "bella"\n')
    assert (found, problems) == (replace(Settings(), theme="dark", patience=2.0, voice="bella"), [])


def test_a_setting_that_stands_twice_is_told(file: Path) -> None:
    found, problems = loaded(file, "version = 2\n[voice]\npatience = 2.0\n[turn_taking]\npatience = 3.0\n")
    assert found.patience == 3.0
    assert len(problems) == 1 and problems[0].startswith("The setting patience stands more than once in ")


def test_a_value_instead_of_a_section_is_told(file: Path) -> None:
    for version in (1, 2):
        found, problems = loaded(file, f"version = {version}\nlimits = 3\nmax_tokens = 200\n")
        assert found == replace(Settings(), max_tokens=200)
        assert version == 1 or (len(problems) == 1 and "limits" in problems[0])
        settings_file.save_settings(file, found)
        assert settings_file.load_settings(file) == (found, [])


MISTYPED = """\
version = 2
[conversation]
language_a = German
language_b = "Dutch"
prompt = \"\"\"
Two
lines\"\"\"
[turn_taking
patience = 2.0
patience = 3.0
[sound]
microphone = "vm\ufffdic"
speaker = "vspk"
"""


def test_after_a_bad_edit_the_good_lines_are_kept_and_the_others_told(file: Path) -> None:
    found, problems = loaded(file, MISTYPED)
    assert found == replace(Settings(), language_b="Dutch", prompt="Two\nlines", patience=2.0, speaker="vspk")
    assert problems == [
        f"Lines 3, 8, 10 and 12 of {file} are not readable and left out. "
        "As it is now it will be kept as settings.toml.unreadable."
    ]
    settings_file.save_settings(file, replace(found, theme="dark"))
    assert file.with_name("settings.toml.unreadable").read_text("utf-8") == MISTYPED
    assert settings_file.load_settings(file) == (replace(found, theme="dark"), [])


def test_a_value_that_is_not_allowed_is_kept_aside_too(file: Path) -> None:
    loaded(file, 'version = 2\ntheme = "pink"\n')
    settings_file.save_settings(file, Settings())
    assert "pink" in file.with_name("settings.toml.unreadable").read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    [b"voice = ", b"\xff\xfe", b"[voice", bytes(range(256)) * 100, b"x = " + b"[" * 5000, b"= 1\n" * 50 + b"speed = 2"],
    ids=["no value", "no text", "no section", "anything", "deep", "something else"],
)
def test_an_unreadable_file_gives_defaults_and_is_set_aside(file: Path, content: bytes) -> None:
    found, problems = loaded(file, content)
    assert found == Settings() and len(problems) == 1
    settings_file.save_settings(file, found)
    assert file.with_name("settings.toml.unreadable").read_bytes() == content
    assert settings_file.load_settings(file) == (Settings(), [])


@given(st.text(alphabet="a=[]{}\"'\n.#1 \\") | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_file_whatever_stops_the_program(content: str) -> None:
    found = read_settings(content.encode(), Path("settings.toml"))
    written = rendered(Settings(**found.values), VERSION, found.unknown)
    again = read_settings(written.encode(), Path("settings.toml"))
    assert (again.values, again.unknown, again.problems) == (found.values, found.unknown, [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_what_editors_of_windows_save(file: Path, encoding: str) -> None:
    content = 'version = 2\n\n[voice]\nvoice = "bella"\nnonsense\n'.replace("\n", "\r\n").encode(encoding)
    found, problems = loaded(file, content)
    assert found.voice == "bella" and len(problems) == 1 and problems[0].startswith("Line 5 of ")


def test_a_key_in_the_file_is_told_without_repeating_it(file: Path) -> None:
    key = "-".join(("sk", "proj", "planted"))
    _, problems = loaded(file, f'version = 2\n[services]\nopenai_api_key = "{key}"\n')
    assert len(problems) == 1 and "seems to be a key" in problems[0] and key not in problems[0]


# ---------------------------------------------------------------- other versions


def test_unknown_keys_warn_and_survive_saving(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    newer: dict[str, Any] = {
        "version": 7,
        "from_the_future": "x",
        "voice": {"pitch": 2, "accents": {"of": ["a", "b"]}},
        "limits": {"deeper": {"x": 1}},
        "table": {"y": 1, "inner": [{"z": 1}, {"z": 2}]},
    }
    import tomli_w

    found, problems = loaded(file, tomli_w.dumps(newer))
    assert (found, problems) == (Settings(), [])
    assert [cast(tuple[str, str], record.args)[1] for record in caplog.records] == [
        "from_the_future",
        "voice.pitch",
        "voice.accents",
        "limits.deeper",
        "table",
    ]
    settings_file.save_settings(file, replace(found, voice="other"))
    newer["voice"]["voice"] = "other"
    written = tomllib.loads(file.read_text("utf-8"))
    assert {name: value for name, value in written.items() if value} == newer
    assert settings_file.load_settings(file)[0].voice == "other"


FIRST_PROMPT = (
    "You are a friendly voice assistant and your answers are spoken aloud. Answer in one or two short sentences of "
    "plain English, without lists."
)
VERSION_1 = f"""\
stt = "local"
llm = "local:smollm2-135m"
tts = "local"
voice = "heart"
microphone = ""
speaker = "vspk"
hands_free = true
threshold = 0.7
min_speech_ms = 96
silence_ms = 150
patience = 1.0
max_tokens = 120
theme = "dark"
prompt = "{FIRST_PROMPT}"
"""


def test_version_1_keeps_what_was_chosen(file: Path) -> None:
    wanted = replace(
        Settings(), llm="local:smollm2-135m", speaker="vspk", threshold=0.7, speaking_threshold=0.7, theme="dark"
    )
    assert loaded(file, VERSION_1) == (wanted, [])
    settings_file.save_settings(file, wanted)
    assert settings_file.load_settings(file) == (wanted, [])
    assert tomllib.loads(file.read_text("utf-8"))["version"] == VERSION and not list(file.parent.glob("*.unreadable"))


def test_instructions_of_version_1_stay_if_they_were_ones_own(file: Path) -> None:
    assert loaded(file, 'prompt = "Talk like a pirate."\n')[0].prompt == "Talk like a pirate."
    assert loaded(file, f'prompt = "{FIRST_PROMPT}"\n')[0].prompt == ""


SERVERS = '{"mcpServers": {"My Clock": {"command": "x"}, "mail": {"url": "http://x"}}}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("get_weather=ask, open_url=never", "get_weather=ask, open_url=never"),
        ("roll_dice=always", "roll_dice=always"),
        ("mail__send=always", "server/mail/mail__send=always"),
        ("my_clock__get_time = never", "server/-4d-y-20--43-lock/my_clock__get_time=never"),
        ("mail__send=ask,a__b=always", "server/mail/mail__send=ask, a__b=always"),
        ("mail=always, mail_send=always", "mail=always, mail_send=always"),
        ("mail__send=ask, roll_dice=never, ", "server/mail/mail__send=ask, roll_dice=never"),
    ],
)
def test_permissions_of_version_2_stay_with_their_server(file: Path, before: str, after: str) -> None:
    text = f"version = 2\n[tools]\ntool_permissions = '{before}'\nmcp_servers = '{SERVERS}'\n"
    found, problems = loaded(file, text)
    assert problems == []
    assert found.tool_permissions == after
    flat, problems = loaded(file, f"version = 2\ntool_permissions = '{before}'\nmcp_servers = '{SERVERS}'\n")
    assert (flat.tool_permissions, problems) == (after, [])
    settings_file.save_settings(file, found)
    assert settings_file.load_settings(file) == (found, [])


@pytest.mark.parametrize("servers", ["", "{", "[]", '{"mcpServers": 7}', "[" * 9000, '{"a": 1}'])
def test_permissions_of_version_2_stay_whatever_the_servers_are(file: Path, servers: str) -> None:
    text = f"version = 2\n[tools]\ntool_permissions = 'mail__send=always'\nmcp_servers = '{servers}'\n"
    assert loaded(file, text)[0].tool_permissions == "mail__send=always"
    assert loaded(file, "version = 2\ntools = 3\n")[0].tool_permissions == ""


# ---------------------------------------------------------------- the check


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)
def test_every_default_is_allowed_and_another_type_is_not(each: SettingDeclaration) -> None:
    assert allowed({each.name: each.default}) == ({each.name: each.default}, [])
    assert allowed({each.name: ["x"]}) == ({}, [each.name])
    assert wanted_value(each)


def test_a_start_without_a_file_loads_no_checker() -> None:
    code = (
        "import sys; from pathlib import Path; from voicegui.storage.settings_file import load_settings;"
        "load_settings(Path('nowhere/settings.toml'));"
        "print(sorted({'pydantic', 'pydantic_core', 'tomli_w'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_file_is_in_english_whatever_language_the_window_has() -> None:
    english = rendered(Settings(theme="dark"), VERSION, {})
    use_translations(shown=PSEUDO, spoken=PSEUDO)
    try:
        assert rendered(Settings(theme="dark"), VERSION, {}) == english
    finally:
        use_translations()
