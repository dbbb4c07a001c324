"""What can go wrong with a download, said for a person."""

from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError, is_disk_full
from voicegui.core.wording import Sentence, sentence


class NotDownloaded(Exception):
    """Raised inside this package when a file did not come; `why` goes on after "… could not be downloaded: "."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


def command(name: str) -> str:
    return f"voicegui models get {name}"


def failed(label: str, name: str, why: Sentence) -> VoiceError:
    return VoiceError(
        ErrorCode.DOWNLOAD_FAILED,
        sentence("{why} What has arrived is kept.", why=why),
        heading=sentence("{model} could not be downloaded", model=label),
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def disk_full(label: str, name: str, needed: int, free: int, folder: Path) -> VoiceError:
    return VoiceError(
        ErrorCode.DISK_FULL,
        sentence(
            "{model} needs {needed} and only {free} are free in {folder}. Make room, or name another folder in "
            "VOICEGUI_MODELS.",
            model=label,
            needed=megabytes(needed),
            free=megabytes(free),
            folder=folder,
        ),
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def wrong_bytes(label: str, name: str) -> VoiceError:
    return VoiceError(
        ErrorCode.MODEL_DAMAGED,
        sentence(
            "What arrived for {model} is not the published file (its checksum differs), so it was deleted. It has to "
            "be downloaded again.",
            model=label,
        ),
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def damaged(label: str, name: str, path: Path) -> VoiceError:
    return VoiceError(
        ErrorCode.MODEL_DAMAGED,
        sentence("The file of {model} is damaged ({path}). It has to be downloaded again.", model=label, path=path),
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def from_os(label: str, name: str, error: OSError, folder: Path) -> VoiceError:
    """A folder that cannot be written, or a disk that filled up meanwhile."""
    if is_disk_full(error):
        return VoiceError(
            ErrorCode.DISK_FULL,
            sentence(
                "The disk filled up while {model} was downloaded to {folder}. Make room.", model=label, folder=folder
            ),
            retryable=True,
            hint=command(name),
            hint_kind=HintKind.COMMAND,
        )
    reason = error.strerror or str(error)
    return failed(label, name, sentence("{folder} cannot be written ({reason}).", folder=folder, reason=reason))


def megabytes(size: int) -> Sentence:
    return sentence("{number} MB", number=f"{max(size, 0) / 1e6:,.0f}")
