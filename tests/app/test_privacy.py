"""The privacy sign: from the settings and the tools to what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.pseudo_language import PSEUDO, own_words
from voicegui.app.choices import routes
from voicegui.core.addresses import Reach
from voicegui.core.privacy import DataFlow, DataRoute, online
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ServerState, ToolServer
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource
from voicegui.core.wording import use_translations


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


HERE, NETWORK, CLOUD = Reach.HERE, Reach.NETWORK, Reach.CLOUD
TABLE: list[tuple[dict[str, Any], Sequence[Reach]]] = [
    ({}, (HERE, HERE, HERE)),
    ({"llm": "openai"}, (HERE, CLOUD, HERE)),
    ({"stt": "openai", "tts": "openai:gpt-4o-mini-tts"}, (CLOUD, HERE, CLOUD)),
    ({"llm": "local:qwen2.5-0.5b", "stt": "groq"}, (CLOUD, HERE, HERE)),
    ({"llm": "ollama"}, (HERE, HERE, HERE)),
    ({"llm": "ollama:llama4", "llm_url": "https://gpu.example.com/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "ollama", "llm_url": "http://192.168.1.5:11434/v1"}, (HERE, NETWORK, HERE)),
    ({"llm": "lmstudio", "llm_url": "http://gpu.local:1234/v1"}, (HERE, NETWORK, HERE)),
    ({"llm": "custom", "llm_url": "http://localhost:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://127.9.9.9:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://[::1]:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://[::ffff:127.0.0.1]:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://127.1:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://2130706433:1234/v1"}, (HERE, HERE, HERE)),
    ({"llm": "custom", "llm_url": "http://localhost.evil.com/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "custom", "llm_url": "http://127.0.0.1.nip.io/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "custom", "llm_url": "http://localhost@evil.com/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "custom", "llm_url": "http://localhost\\@evil.com/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "custom", "llm_url": "http://localhost%2eevil.com/v1"}, (HERE, CLOUD, HERE)),
    ({"llm": "custom"}, (HERE, CLOUD, HERE)),  # its address is missing: nobody knows
    ({"llm": "openai", "llm_url": "http://localhost:8000/v1"}, (HERE, HERE, HERE)),
    ({"llm": "openai", "stt": "openai", "llm_url": "http://localhost:8000/v1"}, (CLOUD, HERE, HERE)),
    ({"llm_url": "https://evil.com/v1"}, (HERE, HERE, HERE)),  # of a stage that this machine does itself
    ({"tts": "speaches", "tts_url": "http://10.0.0.8:8000/v1"}, (HERE, HERE, NETWORK)),
    ({"tts": "somebody"}, (HERE, HERE, CLOUD)),
    ({"llm": "openai", "fall_back": True}, (HERE, CLOUD, HERE)),
]


@pytest.mark.parametrize(("changes", "expected"), TABLE)
def test_each_stage_by_its_address(changes: dict[str, Any], expected: Sequence[Reach]) -> None:
    where = DataFlow(routes(replace(Settings(), **changes)))
    assert tuple(where.of(stage) for stage in ("stt", "llm", "tts")) == expected
    farthest = CLOUD if CLOUD in expected else NETWORK if NETWORK in expected else HERE
    assert where.reach is farthest and where.sign == str(farthest)
    assert where.icon == {HERE: "lock", NETWORK: "network", CLOUD: "cloud"}[farthest]


def test_the_environment_moves_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:4000/v1")
    assert DataFlow(routes(Settings(llm="openai"))).reach is HERE


def test_a_proxy_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    there = Settings(llm="ollama", llm_url="http://192.168.1.5:11434/v1")
    assert DataFlow(routes(there)).reach is CLOUD
    assert "through a proxy" in DataFlow(routes(there)).line("llm")
    assert DataFlow(routes(Settings(llm="ollama"))).reach is HERE, "it is never asked for this machine"
    monkeypatch.setenv("NO_PROXY", "192.168.1.5")
    assert DataFlow(routes(there)).reach is NETWORK
    assert DataRoute("x", "http://localhost/", proxied=True).reach is CLOUD, "if it ever were"


def test_a_second_choice_counts() -> None:
    local, cloud = DataRoute(), DataRoute("OpenAI", "https://api.openai.com/v1")
    where = DataFlow({"stt": (local,), "llm": (local, cloud), "tts": (local,)})
    assert where.reach is CLOUD
    assert where.line("llm") == "on this machine; if that fails: OpenAI, api.openai.com, in the cloud"


def test_what_it_says() -> None:
    where = DataFlow(routes(Settings(llm="ollama", llm_url="http://192.168.1.5:11434/v1", tts="openai")))
    assert where.lines == [
        "Hearing: on this machine",
        "Thinking: Ollama, 192.168.1.5:11434, in your network",
        "Speaking: OpenAI, api.openai.com, in the cloud",
    ]


def test_tools_that_reach_the_network_are_told() -> None:
    tools = [
        ToolInfo("get_weather", "", label="Weather", network=True),
        ToolInfo("open_url", "", label="Open a web page", network=True, permission=Permission.NEVER),
        ToolInfo("current_time", "", label="Clock"),
    ]
    assert online(tools, []) == ["Weather"]
    assert online([], [ToolServer("notes", ServerState.WAITING)]) == ["notes"]
    where = DataFlow(routes(Settings()), online(tools, []))
    assert (where.reach, where.sign, where.icon) == (HERE, "On this machine, tools online", "globe")
    assert where.lines[-1] == "Tools that reach the network when they are used: Weather"
    many = DataFlow(routes(Settings()), [f"tool {n}" for n in range(9)])
    assert many.lines[-1].endswith("tool 3 and 5 more")


@pytest.fixture
def pseudo() -> Iterator[None]:
    use_translations(shown=PSEUDO)
    yield
    use_translations()


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("changes", [changes for changes, _ in TABLE])
@pytest.mark.parametrize("proxied", [True, False])
def test_all_of_it_is_in_the_language(changes: dict[str, Any], proxied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if proxied:
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    where = DataFlow(routes(replace(Settings(), **changes)), ["⟦Weather⟧"])
    lines = [where.line(stage, begins=begins) for stage in where.stages for begins in (True, False)]
    for text in (where.sign, *where.lines, *lines):
        assert "⟦" in text and own_words(text) == ""


@pytest.mark.usefixtures("pseudo")
def test_tools_of_ours_are_named_in_the_language_and_those_of_others_as_they_are() -> None:
    own = ToolInfo("get_weather", "", label="Weather", network=True)
    other = ToolInfo("rain", "", label="Rain", network=True, source=ToolSource(SourceKind.SERVER, "sky"))
    assert online([own, other], [ToolServer("notes", ServerState.WAITING)]) == ["⟦Weather⟧", "Rain", "notes"]


def test_how_a_line_begins() -> None:
    where = DataFlow(routes(Settings(llm="openai", fall_back=True)))
    assert where.line("stt", begins=True) == "On this machine"
    assert where.line("llm", begins=True) == "OpenAI, api.openai.com, in the cloud; if that fails: on this machine"
