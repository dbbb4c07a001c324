"""What a request for a transcription asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from voicegui.core.events import Stage

from .errors import bad_value, missing, unsupported
from .models import ModelNames
from .request_bodies import UploadedForm


class TextFormat(StrEnum):
    JSON = "json"
    TEXT = "text"
    VERBOSE = "verbose_json"
    SRT = "srt"
    VTT = "vtt"

    @property
    def has_times(self) -> bool:
        return self not in (TextFormat.JSON, TextFormat.TEXT)


KNOWN = frozenset(
    {
        "model", "language", "languages", "prompt", "keywords", "response_format", "stream", "temperature",
        "timestamp_granularities", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references",
    }
)  # fmt: skip
"""Fields of OpenAI's API. `prompt`, `keywords` and `temperature` are hints: they are taken and change nothing."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    sound: bytes
    format: TextFormat
    streamed: bool
    language: str
    """Code of two or three letters; "" if it was not said."""


def read_transcription(form: UploadedForm, names: ModelNames, languages: Sequence[str]) -> TranscriptionRequest:
    """`languages`: codes that are understood; empty if nobody knows. Raises ApiError."""
    for name in form.fields:
        if name not in KNOWN and not name.startswith("chunking_strategy["):
            raise unsupported(name[:100], f"Unknown parameter: '{name[:100]}'.")
    names.for_stage(Stage.STT, form.one("model"))
    streamed = _yes(form, "stream")
    format = _format(form)
    if streamed and format.has_times:
        message = f"A transcript is streamed as text: '{format}' cannot be streamed."
        raise unsupported("response_format", message)
    if "word" in form.all("timestamp_granularities"):
        message = "Times are known for segments only, not for words."
        raise unsupported("timestamp_granularities", message)
    if form.all("include"):
        raise unsupported("include", "The probabilities of words are not known.")
    if form.all("known_speaker_names") or form.all("known_speaker_references"):
        raise unsupported("known_speaker_names", "Who speaks is not told apart.")
    language = _language(form, languages)
    if form.file is None:
        raise missing("file")
    if not form.file:
        raise bad_value("file", "The file is empty.")
    return TranscriptionRequest(form.file, format, streamed, language)


def _format(form: UploadedForm) -> TextFormat:
    given = form.one("response_format") or TextFormat.JSON
    if given not in list(TextFormat):
        known = ", ".join(TextFormat)
        raise bad_value("response_format", f"There is no format '{given[:100]}' here. There are: {known}.")
    return TextFormat(given)


def _language(form: UploadedForm, understood: Sequence[str]) -> str:
    given = [each.strip() for each in (form.one("language"), *form.all("languages")) if each.strip()]
    codes = []
    for each in given:
        if not _LANGUAGE.fullmatch(each):
            message = f"'{each[:20]}' is no code of a language, such as en (ISO 639)."
            raise bad_value("language", message, "invalid_language_format")
        codes.append(re.split("[-_]", each.lower())[0])
    if codes and understood and not set(codes) & set(understood):
        message = f"Only these languages are understood here: {', '.join(understood)}."
        raise bad_value("language", message, "unsupported_language")
    return next((code for code in codes if not understood or code in understood), "")


def _yes(form: UploadedForm, name: str) -> bool:
    match form.one(name).lower():
        case "" | "false" | "0":
            return False
        case "true" | "1":
            return True
    raise bad_value(name, f"'{name}' must be true or false.", "invalid_type")
