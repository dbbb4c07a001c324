"""Where programs are that a person has installed. A desktop starts us with less of a PATH than a shell has."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

_AT_HOME = (
    ".local/bin", "bin", ".cargo/bin", ".volta/bin", ".bun/bin", ".deno/bin", ".asdf/shims", ".local/share/mise/shims",
    ".pyenv/shims", ".nodenv/shims", ".nodebrew/current/bin", ".local/share/fnm/aliases/default/bin",
    "Library/Application Support/fnm/aliases/default/bin", ".fnm/aliases/default/bin", ".local/share/pnpm",
    "Library/pnpm", ".npm-global/bin", ".npm-packages/bin", ".yarn/bin", "go/bin", ".go/bin", ".dotnet/tools",
    ".nix-profile/bin", ".linuxbrew/bin", "miniconda3/bin", "anaconda3/bin", ".rbenv/shims", ".docker/bin",
    ".local/share/uv/tools/bin",
)  # fmt: skip
_FOR_ALL = (
    "/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin", "/opt/local/bin", "/snap/bin",
    "/run/current-system/sw/bin", "/nix/var/nix/profiles/default/bin", "/usr/local/go/bin", "/usr/bin", "/bin",
)  # fmt: skip
_ON_WINDOWS = (
    ("APPDATA", "npm"), ("LOCALAPPDATA", "Microsoft/WindowsApps"), ("LOCALAPPDATA", "Volta/bin"),
    ("LOCALAPPDATA", "pnpm"), ("PROGRAMFILES", "nodejs"), ("USERPROFILE", ".local/bin"), ("USERPROFILE", ".cargo/bin"),
    ("USERPROFILE", ".bun/bin"), ("USERPROFILE", ".deno/bin"), ("USERPROFILE", "scoop/shims"),
    ("PROGRAMDATA", "chocolatey/bin"), ("LOCALAPPDATA", "Programs/Python/Launcher"),
)  # fmt: skip
_VARIABLES = (
    ("PNPM_HOME", ""), ("VOLTA_HOME", "bin"), ("BUN_INSTALL", "bin"), ("CARGO_HOME", "bin"), ("ASDF_DATA_DIR", "shims"),
    ("PYENV_ROOT", "shims"), ("NVM_BIN", ""),
)  # fmt: skip


def search_path(path: str, home: Path, environment: Mapping[str, str]) -> str:
    """`path`, and after it the folders that are there and not in it. What is found first is what a shell would find."""
    there = [folder for folder in path.split(os.pathsep) if folder]
    known = set(there)
    for folder in _usual(home, environment):
        text = str(folder)
        if text not in known and os.path.isdir(text):  # `Path.is_dir` raises where one may not look
            known.add(text)
            there.append(text)
    return os.pathsep.join(there)


def _usual(home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    for name, inside in _VARIABLES:
        if environment.get(name):
            yield Path(environment[name], inside)
    if sys.platform == "win32":
        yield from (Path(environment[name], inside) for name, inside in _ON_WINDOWS if environment.get(name))
        return
    yield from (home / inside for inside in _AT_HOME)
    yield from _nvm(Path(environment.get("NVM_DIR") or home / ".nvm"))
    yield from map(Path, _FOR_ALL)


def _nvm(folder: Path) -> Iterator[Path]:
    """The version of Node that is chosen there, else the newest."""
    try:
        versions = [each for each in (folder / "versions" / "node").iterdir() if (each / "bin").is_dir()]
    except OSError:
        return
    versions.sort(key=_number, reverse=True)
    chosen = _alias(folder, "default")
    fitting = [each for each in versions if chosen and _begins(_number(each), _number_of(chosen))]
    yield from (each / "bin" for each in (fitting or versions)[:1])


def _alias(folder: Path, name: str) -> str:
    """What an alias means, through other aliases."""
    for _ in range(5):
        try:
            text = (folder / "alias" / name).read_text("utf-8").strip()[:100]
        except (OSError, ValueError):
            return ""
        if re.fullmatch(r"v?\d[\d.]*", text):
            return text
        if not re.fullmatch(r"[\w*./-]+", text) or ".." in text:
            return ""
        name = text
    return ""


def _number(version: Path) -> tuple[int, ...]:
    return _number_of(version.name)


def _number_of(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text))


def _begins(number: tuple[int, ...], with_: tuple[int, ...]) -> bool:
    return number[: len(with_)] == with_
