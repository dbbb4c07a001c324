"""Reads rows straight from the bytes of an SQLite file and its write-ahead log, whatever else of them is damaged.

SQLite finds a row by way of the file's header, the schema and the pages above it, and gives up where one of them is
bad. Here each page is looked at on its own (https://www.sqlite.org/fileformat2.html): if it is a leaf of a table, its
rows are read. Nothing is believed that does not fit to the byte.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

StoredValue = None | int | float | str | bytes
StoredRow = tuple[int, tuple[StoredValue, ...]]
"""Its id, and the columns as they are stored: the one that stands for the id is None."""

PAGE_BYTES = 4096
"""SQLite's default, used when the header does not tell."""

_LEAF_OF_TABLE = 0x0D
_FILE_HEADER, _LOG_HEADER, _FRAME_HEADER = 100, 32, 24
_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer, by its serial type."""


class _NoRow(Exception):
    """These bytes are none."""


@dataclass(frozen=True, slots=True)
class Remains:
    """The bytes of a database, and of the log beside it."""

    file: bytes
    wal: bytes = b""

    def rows(self) -> Iterator[StoredRow]:
        """Those of the present first; then what may be older or was never finished: the same ids may come again."""
        size = _page_bytes(self.file)
        good, doubtful = _frames(self.wal, size)
        pages = {at // size + 1: self.file[at : at + size] for at in range(0, len(self.file), size)} | dict(good)
        for number in pages:
            yield from _rows(number, pages, pages[number])
        for number, page in reversed(doubtful):
            yield from _rows(number, pages | dict(doubtful), page)


def is_log_damaged(wal: bytes) -> bool:
    """Whether a write-ahead log has lost something that had been written. SQLite would pass over it in silence.

    That it ends with what was not finished, or with what an earlier log left behind, is no damage. Nobody may write to
    it meanwhile.
    """
    if len(wal) < _LOG_HEADER + _FRAME_HEADER or not any(wal):
        return False
    if _checked_header(wal) is None:
        return True
    return bool(_frames(wal, int.from_bytes(wal[8:12]))[1])


# ---------------------------------------------------------------- the log


def _frames(wal: bytes, size: int) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """Pages of the log by number, the oldest first: those that are surely whole, and those behind the first that is
    not. Of a log without a usable header all are doubtful."""
    if len(wal) < _LOG_HEADER + _FRAME_HEADER:
        return [], []
    found = _checked_header(wal)
    salts = wal[16:24] if found else wal[_LOG_HEADER + 8 : _LOG_HEADER + 16]
    good: list[tuple[int, bytes]] = []
    doubtful: list[tuple[int, bytes]] = []
    order, sums = found or ("", (0, 0))
    for at in range(_LOG_HEADER, len(wal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        head, page = wal[at : at + _FRAME_HEADER], wal[at + _FRAME_HEADER : at + _FRAME_HEADER + size]
        same_log = head[8:16] == salts
        if order:
            sums = _sums(page, order, _sums(head[:8], order, sums))
            if same_log and struct.pack(">2I", *sums) == head[16:24]:
                good.append((int.from_bytes(head[:4]), page))
                continue
            order = ""
        if same_log:
            doubtful.append((int.from_bytes(head[:4]), page))
    return good, doubtful


def _checked_header(wal: bytes) -> tuple[str, tuple[int, int]] | None:
    """The order of bytes in checksums, and the first checksum."""
    order = _MAGICS.get(int.from_bytes(wal[:4]))
    if order is None:
        return None
    sums = _sums(wal[:24], order, (0, 0))
    return (order, sums) if struct.pack(">2I", *sums) == wal[24:32] else None


def _sums(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    first, second = start
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for word, other in zip(words, words, strict=True):
        first = (first + word + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second


# ---------------------------------------------------------------- pages


def _page_bytes(file: bytes) -> int:
    told = int.from_bytes(file[16:18])
    told = 65536 if told == 1 else told
    usable = file.startswith(b"SQLite format 3\0") and 512 <= told <= 65536 and told & (told - 1) == 0
    return told if usable else PAGE_BYTES


def _rows(number: int, pages: dict[int, bytes], page: bytes) -> Iterator[StoredRow]:
    start = _FILE_HEADER if number == 1 else 0
    if len(page) < 512 or page[start] != _LEAF_OF_TABLE:
        return
    cells = min(int.from_bytes(page[start + 3 : start + 5]), len(page) // 2)
    for index in range(cells):
        place = start + 8 + 2 * index
        try:
            yield _row(page, int.from_bytes(page[place : place + 2]), pages)
        except _NoRow:
            continue


def _row(page: bytes, at: int, pages: dict[int, bytes]) -> StoredRow:
    length, at = _varint(page, at)
    id, at = _varint(page, at)
    size = len(page)
    if not 0 < length <= size * len(pages):
        raise _NoRow
    most = size - 35
    if length <= most:
        payload = page[at : at + length]
    else:
        least = (size - 12) * 32 // 255 - 23
        here = least + (length - least) % (size - 4)
        here = here if here <= most else least
        payload = page[at : at + here] + _overflow(page[at + here : at + here + 4], length - here, pages)
    if len(payload) != length:
        raise _NoRow
    return id - (1 << 64) if id >> 63 else id, tuple(_values(payload))


def _overflow(pointer: bytes, left: int, pages: dict[int, bytes]) -> bytes:
    parts = []
    while left > 0:
        page = pages.get(int.from_bytes(pointer))
        if page is None or len(page) < 512:
            raise _NoRow
        parts.append(page[4 : 4 + left])
        left -= len(parts[-1])
        pointer = page[:4]
    return b"".join(parts)


def _values(payload: bytes) -> Iterator[StoredValue]:
    header, at = _varint(payload, 0)
    if not at <= header <= len(payload):
        raise _NoRow
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != header or sum(map(_size, kinds)) != len(payload) - header:
        raise _NoRow
    for kind in kinds:
        end = at + _size(kind)
        yield _value(kind, payload[at:end])
        at = end


def _size(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return 8 if kind == 7 else _INTEGERS.get(kind, 0)


def _value(kind: int, data: bytes) -> StoredValue:
    if kind in _INTEGERS:
        return int.from_bytes(data, signed=True)
    match kind:
        case 0:
            return None
        case 7:
            [number] = struct.unpack(">d", data)
            return float(number)
        case 8 | 9:
            return kind - 8
        case 10 | 11:
            raise _NoRow
    try:
        return data.decode() if kind % 2 else data
    except UnicodeDecodeError:
        raise _NoRow from None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for count, byte in enumerate(islice(data, at, at + 9)):
        if count == 8:
            return number << 8 | byte, at + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + count + 1
    raise _NoRow
