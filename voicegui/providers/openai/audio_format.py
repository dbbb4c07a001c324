"""Telling raw samples from what else a server may send in their place. Samples have no header: the rest is proven."""

import codecs
import struct
from collections.abc import Callable, Mapping

from voicegui.core.wording import Sentence, sentence

_TEXT_PROOF = 24
"""Bytes of plain text that no sound begins with."""

_TEXT_LOOKED_AT = 256

_KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates of MPEG-1 layer III, and of MPEG-2 and 2.5 (ISO 11172-3, 13818-3); 0 is one that is not told."""

_RATES_HZ = {0b11: (44_100, 48_000, 32_000), 0b10: (22_050, 24_000, 16_000), 0b00: (11_025, 12_000, 8_000)}

_SAME = 0xFFFE0C00
"""Bits of a frame's header that are the same in the next one: the mark, version, layer and sample rate."""


def other_kind(data: bytes) -> str | None:
    """The name of what begins like this, "" for raw samples; None while there is too little to tell."""
    unknown = False
    for name, looks in _KINDS.items():
        answer = looks(data)
        if answer:
            return kind_of_text(data) if name == "text" else name
        unknown = unknown or answer is None
    return None if unknown else ""


def _begins(magic: bytes, data: bytes) -> bool | None:
    return data.startswith(magic) or (None if magic.startswith(data) else False)


def _is_text(data: bytes) -> bool | None:
    """JSON, a web page, base64, a sentence: no samples begin with so many bytes of text, since every other byte of
    quiet ones is 0 or 255."""
    begin = data[:_TEXT_PROOF]
    if begin in (b"\xfe", b"\xff"):
        return None
    for encoding, mark in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)):
        if begin.startswith(mark):
            return _is_written(begin[2:], encoding) if len(begin) == _TEXT_PROOF else None
    if not _is_written(begin.removeprefix(codecs.BOM_UTF8), "utf-8"):
        return False
    proven = len(begin) == _TEXT_PROOF or (begin.startswith(b"{") and b"}" in begin)
    return True if proven else None


def _is_written(data: bytes, encoding: str) -> bool:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)  # its last letter may be cut
    return all(letter.isprintable() and letter != "\ufffd" or letter in "\t\r\n" for letter in text)


def kind_of_text(data: bytes) -> str:
    begin = data[:_TEXT_LOOKED_AT].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if begin.startswith((b"{", b"[")):
        return "JSON"
    pages = (b"<!doctype", b"<html", b"<head", b"<body", b"<!--", b"<h1", b"<title")
    return "a web page" if begin.startswith(pages) else "XML" if begin.startswith(b"<") else "text"


def is_short_text(data: bytes) -> bool:
    """Of all that came, which is less than a proof: a millisecond of sound at most."""
    return 4 <= len(data) < _TEXT_PROOF and _is_written(data, "utf-8")


def _is_aac(data: bytes) -> bool | None:
    """Two headers of ADTS (ISO 13818-7) just as far apart as the first one says."""
    if len(data) < 7:
        return None if (data[:1] in (b"", b"\xff") and (len(data) < 2 or data[1] & 0xF6 == 0xF0)) else False
    if data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return False
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    if length < 7:
        return False
    if len(data) < length + 3:
        return None
    return data[length] == 0xFF and data[length + 1] == data[1] and data[length + 2] == data[2]


def _is_mp3(data: bytes) -> bool | None:
    """An ID3v2 tag, or two headers of frames just as far apart as the first one says: one alone may be a sample."""
    tagged = _begins(b"ID3", data)
    if tagged is not False:
        if len(data) < 10:
            return None
        return 2 <= data[3] <= 4 and data[4] != 0xFF and all(byte < 0x80 for byte in data[6:10])
    if len(data) < 4:
        return None if data[:1] in (b"", b"\xff") else False
    length = _frame_length(header := int.from_bytes(data[:4], "big"))
    if not length:
        return False
    if len(data) < length + 4:
        return None
    after = int.from_bytes(data[length : length + 4], "big")
    return bool(_frame_length(after)) and after & _SAME == header & _SAME


def _frame_length(header: int) -> int:
    """Bytes of the layer III frame that begins with this header, 0 if it is none."""
    version, layer, bits, rate = header >> 19 & 3, header >> 17 & 3, header >> 12 & 15, header >> 10 & 3
    if header >> 21 != 0x7FF or version not in _RATES_HZ or layer != 0b01 or bits in (0, 15) or rate == 3:
        return 0
    first = version == 0b11
    return (144_000 if first else 72_000) * _KBITS[first][bits] // _RATES_HZ[version][rate] + (header >> 9 & 1)


def _is_mp4(data: bytes) -> bool | None:
    return _begins(b"ftyp", data[4:]) if b"\0\0".startswith(data[:2]) else False


_LOOKED_AT = 256
"""Bytes, without the silence before them: 5 ms of sound at 24 kHz."""
_LONGEST_SILENCE = 32_768
_LARGEST, _SMALLEST = 2.0, 1e-8
"""Of samples as floating-point numbers: 1.0 is as loud as can be."""
_WIDER = ("<f", ">f", "<d", ">d")


def _is_wider(data: bytes) -> bool | None:
    """Floating-point samples, or those of 32 bits whose lower half is empty: read as 16 bits they are loud noise. Of 64
    numbers made of 16 bit samples hardly one is as small as a sample."""
    if data.startswith(b"RIFF"):
        return False
    silent = len(data) - len(data[:_LONGEST_SILENCE].lstrip(b"\0")) - max(len(data) - _LONGEST_SILENCE, 0)
    if silent == _LONGEST_SILENCE:
        return False
    begin = data[silent - silent % 8 :][:_LOOKED_AT]
    if len(begin) < _LOOKED_AT:
        return None
    for form in _WIDER:
        numbers = [abs(each[0]) for each in struct.iter_unpack(form, begin)]
        fitting = sum(number == 0 or _SMALLEST <= number <= _LARGEST for number in numbers)
        sounding = sum(number > 0 for number in numbers)
        if fitting >= 0.95 * len(numbers) and sounding >= len(numbers) // 2 and not _is_smooth(begin):
            return True
    halves = [half for (half,) in struct.iter_unpack("<H", begin)]
    return not any(halves[::2]) and sum(half > 0 for half in halves[1::2]) >= len(halves) // 4


def _is_smooth(data: bytes) -> bool:
    """As 16 bit samples they follow each other as those of sound do, whose neighbours differ little."""
    samples = [sample for (sample,) in struct.iter_unpack("<h", data)]
    steps: int = sum(abs(one - other) for one, other in zip(samples, samples[1:], strict=False))
    return bool(steps < 0.5 * sum(map(abs, samples)))


_WIDE = "samples of more than 16 bits"
_LONG_WAV = "a WAV file of more than 4 GB"

_KINDS: Mapping[str, Callable[[bytes], bool | None]] = {
    "MP3": _is_mp3,
    "AAC": _is_aac,
    "MP4": _is_mp4,
    "Ogg": lambda data: _begins(b"OggS\0", data),
    "FLAC": lambda data: _begins(b"fLaC", data),
    "WebM": lambda data: _begins(b"\x1a\x45\xdf\xa3", data),
    "AIFF": lambda data: _begins(b"FORM", data),
    "AU": lambda data: _begins(b".snd\0\0\0", data),
    "CAF": lambda data: _begins(b"caff\0\1", data),
    "AMR": lambda data: _begins(b"#!AMR", data),
    _LONG_WAV: lambda data: _begins(b"RF64", data),
    "a compressed file": lambda data: _any_of((b"\x1f\x8b\x08", b"PK\3\4", b"\x28\xb5\x2f\xfd"), data),
    "a picture": lambda data: _any_of((b"\x89PNG\r\n", b"\xff\xd8\xff\xe0\0\x10JFIF", b"GIF89a", b"GIF87a"), data),
    "a document": lambda data: _begins(b"%PDF-", data),
    _WIDE: _is_wider,
    "text": lambda data: False if data.startswith(b"RIFF") else _is_text(data),
}


SOUNDS = frozenset((*list(_KINDS)[:10], _LONG_WAV, _WIDE))
DECODED = SOUNDS - {"AAC", "MP4", "WebM", "AMR", _WIDE}
"""Kinds that `voicegui.media.decoding` knows."""


_INSTEAD = {
    "a compressed file": sentence("{service} sent a compressed file instead of PCM sound."),
    "a document": sentence("{service} sent a document instead of PCM sound."),
    "a picture": sentence("{service} sent a picture instead of PCM sound."),
    "a web page": sentence("{service} sent a web page instead of PCM sound."),
    "text": sentence("{service} sent text instead of PCM sound."),
    _LONG_WAV: sentence("{service} sent a WAV file of more than 4 GB instead of PCM sound."),
    _WIDE: sentence("{service} sent samples of more than 16 bits instead of PCM sound."),
}
"""Kinds that are not called by the name of a format."""


def instead_of_pcm(kind: str) -> Sentence:
    """`kind`: as `other_kind` and `kind_of_text` tell."""
    return _INSTEAD.get(kind) or sentence("{service} sent {format} instead of PCM sound.", format=kind)


def _any_of(magics: tuple[bytes, ...], data: bytes) -> bool | None:
    answers = [_begins(magic, data) for magic in magics]
    return True if True in answers else None if None in answers else False
