"""Tools that read files: only below the folders that the user has shared.

Names that must not reach the file system at all are refused by their form. On Windows, just looking whether a path on a
server exists sends the user's password hash to that server, and names of devices (`NUL`, `COM1`), streams
(`x.txt:hidden`) and drives mean something else than a file in a folder.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, marked, sentence, sentence_plural

from .function_tools import succeeded_with, tool
from .safe_open import entries, is_regular, opened

_LONGEST = 1000
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])( *\..*| *)", re.IGNORECASE
)
_SCHEME = re.compile(r"(file|data|smb):|[A-Za-z][A-Za-z0-9+.-]+:[\\/]", re.IGNORECASE)


_ELSEWHERE = sentence(
    "Files on other computers and devices are not read by their address. Name a file in a shared folder."
)
_ENDS_WITH_DOT = sentence(
    "Names that end with a dot or a space are not read: on some systems they lead to another file."
)


def refusal(name: str) -> Sentence:
    """Why it must not be looked for; false for an ordinary name, absolute or not. Spaces around it were taken away."""
    if not name or len(name) > _LONGEST or any(ord(sign) < 32 or "\ud800" <= sign <= "\udfff" for sign in name):
        return sentence("That is no name of a file.")
    if name[0] in "\\/" and name[1:2] in ("\\", "/", "?"):
        return _ELSEWHERE
    if _SCHEME.match(name):
        return sentence("That is an address, no name of a file. Name a file in a shared folder.")
    path = name[2:] if _DRIVE.match(name) else name
    if ":" in path:
        return sentence("Names with a colon in them are not read: on some systems they lead to something hidden.")
    parts = re.split(r"[\\/]", path)
    if any(_DEVICES.fullmatch(part) for part in parts):
        return sentence("That is the name of a device, no name of a file.")
    if any(part[-1:] in (".", " ") and part not in (".", "..") for part in parts):
        return _ENDS_WITH_DOT
    return Sentence("")


# ---------------------------------------------------------------- the tools

LARGEST = 20_000_000
"""Bytes of a file that is looked into at all."""

_READ = 32_000
"""Bytes that are read: more would not be told."""
_LISTED = 100
_SO_MANY = marked("There are {count} files and folders.")


class SharedFiles:
    """`folders`: the setting, one folder a line, as it is now. What begins with a dot is hidden from the model: people
    keep keys and passwords there."""

    def __init__(self, folders: Callable[[], str]) -> None:
        self._folders = folders

    @tool(
        label=marked("Read a file"),
        permission=Permission.ALWAYS,
        outside=True,
        question=marked("I would read {path}."),
        cues=("read me", "read the", "read my", "read out", "file", "document", "txt", "md"),
        examples=(
            ("Read me the file shopping.txt.", {"path": "shopping.txt"}),
            ("What's in the file notes/monday.md?", {"path": "notes/monday.md"}),
        ),
    )
    def read_file(self, path: Annotated[str, "As list_files tells it, such as notes/monday.md"]) -> ToolOutcome:
        """Reads a text file in the folders that the person has shared."""
        found = self._find(path)
        if found.is_dir():
            folder = sentence("{name} is a folder. Name a file in it.", name=found.name)
            raise VoiceError(ErrorCode.BAD_REQUEST, folder)
        text, is_whole = _text_of(found)
        if not text.strip():
            return succeeded_with(sentence("{file} is empty.", file=found.name))
        return ToolOutcome(text if is_whole else f"{text}\n(The rest of the file is left out: it is too long.)")

    @tool(
        label=marked("List files"),
        permission=Permission.ALWAYS,
        outside=True,
        question=marked("I would look into {folder}."),
        cues=("files", "folder", "folders", "directory"),
        examples=(("Which files do I have?", {}), ("List the files in my notes folder.", {"folder": "notes"})),
    )
    def list_files(
        self, folder: Annotated[str, "A folder in a shared one; empty: the shared folders themselves"] = ""
    ) -> ToolOutcome:
        """Lists files and folders in the folders that the person has shared."""
        looked_into = [self._find(folder)] if folder.strip() else self._shared()
        if not looked_into[0].is_dir():
            no_folder = sentence("{name} is a file, no folder.", name=looked_into[0].name)
            raise VoiceError(ErrorCode.BAD_REQUEST, no_folder)
        lines = [line for each in looked_into for line in _listed(each)]
        rest = f"\n(and {len(lines) - _LISTED} more)" if len(lines) > _LISTED else ""
        if not lines:
            return succeeded_with(sentence("There are no files there."), "There are no files.")
        answer = sentence_plural(_SO_MANY, _SO_MANY, len(lines))
        if len(lines) == 1:
            answer = sentence("There is only {name}.", name=lines[0])
        return succeeded_with(answer, "\n".join(lines[:_LISTED]) + rest)

    # ------------------------------------------------------------ what is shared

    def _shared(self) -> list[Path]:
        """Raises VoiceError if it is nothing."""
        lines = [Path(os.path.expanduser(line.strip())) for line in self._folders().splitlines() if line.strip()]
        folders = [each.resolve() for each in lines if each.is_absolute() and each.is_dir()]
        if not folders:
            none = sentence("No folder is shared. Share one in the settings, under Tools.")
            raise VoiceError(ErrorCode.NO_PERMISSION, none)
        return folders

    def _find(self, asked: str) -> Path:
        """What is there and shared, with links and dots resolved. Raises VoiceError."""
        name = asked.strip().strip('"“”„«»').strip()
        if why := refusal(name):
            raise VoiceError(ErrorCode.BAD_REQUEST, why)
        folders = self._shared()
        try:
            for candidate in _candidates(name, folders):
                found = candidate.resolve()
                if found.exists() and _is_shared(found, folders):
                    return found
            for candidate in _candidates(name, folders):
                for folder in folders:
                    if likened := _alike(candidate, folder):
                        return likened
        except (OSError, RuntimeError, ValueError):  # no rights, links in a circle
            pass  # to whoever asks the same as not there
        unknown = sentence("There is no such file in the shared folders. List the files to see what is there.")
        raise VoiceError(ErrorCode.NO_PERMISSION, unknown)


def _candidates(name: str, folders: list[Path]) -> Iterator[Path]:
    path = Path(os.path.expanduser(name))
    yield from [path] if path.is_absolute() else [folder / path for folder in folders]
    for folder in folders:  # as `list_files` tells it
        if _read_as(path.parts[0]) == _read_as(folder.name):
            yield folder.joinpath(*path.parts[1:])


def _alike(path: Path, folder: Path) -> Path | None:
    """What is in `folder` by the same name as a person reads it: in small or large letters, with accents as one sign or
    as two. None if there is nothing, or more than one thing."""
    try:
        parts = path.relative_to(folder).parts
    except ValueError:
        return None
    found = folder
    for part in parts:
        names = [each.name for each in entries(found) if _read_as(each.name) == _read_as(part)]
        exact = [name for name in names if name == part]
        if len(exact or names) != 1:
            return None
        found = found / (exact or names)[0]
        if found.name.startswith("."):
            return None
    return found


_LOOKS_LIKE = {ord(sign): "'" for sign in "’‘ʼ′`´"} | {ord(sign): "-" for sign in "‐‑‒–—−"} | {ord("İ"): "i"}


def _read_as(name: str) -> str:
    """Some file systems keep names letter by letter, some in the form of another language (Unicode Annex 15).
    Apostrophes, dashes and spaces of another kind, and signs that cannot be seen, are no other name to a reader."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", name).translate(_LOOKS_LIKE))
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", " ".join(seen.split()).casefold())


def _is_shared(path: Path, folders: list[Path]) -> bool:
    return any(
        path.is_relative_to(folder) and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        for folder in folders
    )


def _listed(folder: Path) -> list[str]:
    try:
        found = sorted(entries(folder), key=lambda each: each.name.casefold())
    except OSError:
        unreadable = sentence("The folder {name} cannot be read.", name=folder.name)
        raise VoiceError(ErrorCode.NO_PERMISSION, unreadable) from None
    return [
        f"{folder.name}/{each.name}{'/' if each.is_folder else ''}" for each in found if not each.name.startswith(".")
    ]


def _text_of(path: Path) -> tuple[str, bool]:
    """And whether it is all of it. Raises VoiceError."""
    try:
        with opened(path) as handle:
            size = os.fstat(handle).st_size
            content = os.read(handle, _READ) if is_regular(handle) and size <= LARGEST else None
    except OSError:
        unreadable = sentence("{name} cannot be read.", name=path.name)
        raise VoiceError(ErrorCode.NO_PERMISSION, unreadable) from None
    if content is None:
        too_large = sentence("{name} is too large, or no ordinary file.", name=path.name)
        raise VoiceError(ErrorCode.TOO_LARGE, too_large)
    return _decoded(content, path.name), size <= _READ


def _decoded(content: bytes, name: str) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = content.decode(encoding, errors="replace")
    # one sign may be cut at the end
    if "\0" in text or text.count("\ufffd") > 1 + len(text) // 100:
        raise VoiceError(ErrorCode.BAD_REQUEST, sentence("{name} is no text file.", name=name))
    return text
