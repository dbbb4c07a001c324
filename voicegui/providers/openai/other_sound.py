"""Telling raw samples from what else a server may send in their place. Samples have no header: the rest is proven."""

from collections.abc import Callable, Mapping

_JSON_PROOF = 16
"""Bytes of plain text that no sound begins with: each other byte of quiet samples is 0 or 255."""

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
            return name
        unknown = unknown or answer is None
    return None if unknown else ""


def _begins(magic: bytes, data: bytes) -> bool | None:
    return data.startswith(magic) or (None if magic.startswith(data) else False)


def _is_json(data: bytes) -> bool | None:
    if not data.startswith(b"{"):
        return None if not data else False
    begin = data[:_JSON_PROOF]
    plain = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in begin)
    return (True if len(begin) == _JSON_PROOF or b"}" in begin else None) if plain else False


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


_KINDS: Mapping[str, Callable[[bytes], bool | None]] = {
    "MP3": _is_mp3,
    "Ogg": lambda data: _begins(b"OggS\0", data),
    "FLAC": lambda data: _begins(b"fLaC", data),
    "JSON": _is_json,
}
