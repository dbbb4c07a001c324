"""What a server's process gets of our environment, and where its program is looked for."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from voicegui.tools.mcp import ServerConfiguration
from voicegui.tools.mcp.configuration import LocalServer
from voicegui.tools.mcp.find_program import search_path
from voicegui.tools.mcp.stdio import _INHERITED

from .conftest import SERVERS

HANDED_ON = (
    "HTTPS_PROXY", "http_proxy", "NO_PROXY", "ALL_PROXY", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_USE_SYSTEM_CA", "UV_NATIVE_TLS", "NVM_DIR", "LANG", "TZ",
)  # fmt: skip
SECRETS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "OPENAI_CUSTOM_HEADERS",
    "DATABASE_URL", "NPM_TOKEN", "UV_INDEX_URL", "PIP_INDEX_URL", "SSH_AUTH_SOCK", "MY_PASSWORD",
)  # fmt: skip


def test_the_way_to_the_network_is_handed_on_and_secrets_are_not() -> None:
    assert set(HANDED_ON) <= set(_INHERITED)
    assert not set(SECRETS) & set(_INHERITED)


def folders(home: Path, *inside: str) -> list[str]:
    for each in inside:
        (home / each).mkdir(parents=True)
    return [str(home / each) for each in inside]


posix = pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX")


@posix
@pytest.mark.parametrize(
    "inside",
    [".local/bin", ".cargo/bin", ".volta/bin", ".bun/bin", ".deno/bin", ".asdf/shims", ".pyenv/shims", "bin",
     ".local/share/pnpm", ".npm-global/bin", "go/bin", ".nix-profile/bin", ".nvm/versions/node/v22.11.0/bin"],
)  # fmt: skip
def test_where_people_install_programs(tmp_path: Path, inside: str) -> None:
    (folder,) = folders(tmp_path, inside)
    path = search_path("/usr/bin", tmp_path, {}).split(os.pathsep)
    assert path[0] == "/usr/bin" and folder in path


@posix
@pytest.mark.parametrize(
    ("aliases", "version"),
    [
        ({}, "v22.11.0"),
        ({"default": "20"}, "v20.9.0"),
        ({"default": "v18.20.4"}, "v18.20.4"),
        ({"default": "lts/*", "lts/*": "lts/iron", "lts/iron": "v20.9.0"}, "v20.9.0"),
        ({"default": "node"}, "v22.11.0"),
        ({"default": "../../../etc/passwd"}, "v22.11.0"),
        ({"default": "default"}, "v22.11.0"),
        ({"default": "16"}, "v22.11.0"),
    ],
)
def test_the_version_of_node_that_nvm_has_chosen(tmp_path: Path, aliases: dict[str, str], version: str) -> None:
    folders(tmp_path, *(f".nvm/versions/node/{each}/bin" for each in ("v9.11.2", "v18.20.4", "v20.9.0", "v22.11.0")))
    for name, text in aliases.items():
        (tmp_path / ".nvm/alias" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".nvm/alias" / name).write_text(text + "\n")
    found = [each for each in search_path("", tmp_path, {}).split(os.pathsep) if "nvm" in each]
    assert found == [str(tmp_path / f".nvm/versions/node/{version}/bin")]


@posix
def test_what_a_shell_finds_is_found_first_and_nothing_twice(tmp_path: Path) -> None:
    (local,) = folders(tmp_path, ".local/bin")
    path = search_path(f"/usr/bin{os.pathsep}{local}{os.pathsep}/bin", tmp_path, {}).split(os.pathsep)
    assert path[:3] == ["/usr/bin", local, "/bin"] and path.count(local) == 1


@posix
def test_variables_name_folders_too(tmp_path: Path) -> None:
    pnpm, cargo = folders(tmp_path, "elsewhere/pnpm", "elsewhere/cargo/bin")
    path = search_path("", tmp_path, {"PNPM_HOME": pnpm, "CARGO_HOME": str(tmp_path / "elsewhere/cargo")})
    assert {pnpm, cargo} <= set(path.split(os.pathsep))


@posix
async def test_a_program_that_only_a_shell_would_find_is_started(
    desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `npx` is: it needs its neighbour on the PATH in its turn."""
    (folder,) = folders(tmp_path, ".local/bin")
    os.symlink(sys.executable, f"{folder}/python-of-mine")
    runner = Path(folder, "run-server")
    modules = os.pathsep.join(filter(None, sys.path))
    runner.write_text(f'#!/usr/bin/env sh\nPYTHONPATH="{modules}" exec python-of-mine "$@"\n')
    runner.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert shutil.which("run-server") is None
    there = desk(ServerConfiguration("clock", LocalServer("run-server", (str(SERVERS / "clock.py"),))))
    await there.running()


async def test_who_is_nowhere_is_told_to_give_the_whole_path(desk) -> None:
    problem = await desk(ServerConfiguration("x", LocalServer("no-such-program-anywhere"))).failed()
    assert "not found" in problem and "whole path" in problem


def test_a_folder_that_cannot_be_looked_into_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("PNPM_HOME", "NVM_BIN"):  # too long for the system, which says so where others are only missing
        found = search_path("/usr/bin", tmp_path, {name: "/" + "x" * 5000})
        assert found.startswith(f"/usr/bin{os.pathsep}{tmp_path / 'bin'}")
