"""What can go wrong with a download, said for a person."""

from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError, is_disk_full


def command(name: str) -> str:
    return f"voicegui models get {name}"


def failed(label: str, name: str, why: str) -> VoiceError:
    return VoiceError(
        ErrorCode.DOWNLOAD_FAILED,
        f"{why}. What has arrived is kept.",
        heading=f"{label} could not be downloaded",
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def disk_full(label: str, name: str, needed: int, free: int, folder: Path) -> VoiceError:
    return VoiceError(
        ErrorCode.DISK_FULL,
        f"{label} needs {megabytes(needed)} and only {megabytes(free)} are free in {folder}. "
        "Make room, or name another folder in VOICEGUI_MODELS.",
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def wrong_bytes(label: str, name: str) -> VoiceError:
    return VoiceError(
        ErrorCode.MODEL_DAMAGED,
        f"What arrived for {label} is not the published file (its checksum differs), so it was deleted. "
        "It has to be downloaded again.",
        retryable=True,
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def damaged(label: str, name: str, path: Path) -> VoiceError:
    return VoiceError(
        ErrorCode.MODEL_DAMAGED,
        f"The file of {label} is damaged ({path}). It has to be downloaded again.",
        hint=command(name),
        hint_kind=HintKind.COMMAND,
    )


def from_os(label: str, name: str, error: OSError, folder: Path) -> VoiceError:
    """A folder that cannot be written, or a disk that filled up meanwhile."""
    if is_disk_full(error):
        return VoiceError(
            ErrorCode.DISK_FULL,
            f"The disk filled up while {label} was downloaded to {folder}. Make room.",
            retryable=True,
            hint=command(name),
            hint_kind=HintKind.COMMAND,
        )
    return failed(label, name, f"{folder} cannot be written ({error.strerror or error})")


def megabytes(size: int) -> str:
    return f"{max(size, 0) / 1e6:,.0f} MB"
