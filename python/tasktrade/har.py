"""Header-array files of GEMPACK and GTAP, in and out.

A file is a sequence of Fortran records (their length before and after them). Each array has a name of four characters, a description, and its data:
sets and other strings (`1C`), whole numbers (`2I`), reals over named sets (`RE`), plain reals (`RL`, `2R`); reals are stored in full or without their zeros,
column by column. Source: the files themselves; agreement is tested against the package `harpy3`.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping

import numpy as np

#: Dimensions that an array of reals has in a file.
RANK = 7
#: Bytes of data in a record.
RECORD = 30_000
#: Characters of an element, of a set's and a coefficient's name.
WORD = 12
#: Characters of a description.
LINE = 70


class HarError(ValueError):
    """The file is no header-array file, or is cut short."""


@dataclass
class Header:
    """One array: its values, its description, its coefficient and the sets that it runs over."""

    values: np.ndarray
    description: str = ""
    coefficient: str = ""
    #: Names of the sets by dimension.
    sets: tuple[str, ...] = ()
    #: Their elements, by set.
    elements: dict[str, list[str]] = field(default_factory=dict)

    def to_series(self) -> Any:
        """A pandas Series over the sets' elements, as `Model.set` takes it."""
        import pandas

        if not self.sets:
            return pandas.Series(np.atleast_1d(self.values).ravel(order="C"))
        index = pandas.MultiIndex.from_product([self.elements[s] for s in self.sets], names=self.sets)
        if len(self.sets) == 1:
            index = index.get_level_values(0)
        return pandas.Series(self.values.ravel(order="C"), index=index, name=self.coefficient or None)

    @staticmethod
    def of(series: Any, description: str = "", coefficient: str | None = None) -> "Header":
        """An array from a pandas Series whose index levels are named sets; places that it lacks are 0."""
        import pandas

        index = series.index
        levels = [index] if not isinstance(index, pandas.MultiIndex) else [index.get_level_values(k) for k in range(index.nlevels)]
        names = tuple(str(level.name) if level.name is not None else f"SET{k + 1}" for k, level in enumerate(levels))
        elements = {name: list(dict.fromkeys(map(str, level))) for name, level in zip(names, levels)}
        values = np.zeros([len(elements[n]) for n in names], dtype=np.float32)
        at = [[elements[n].index(str(e)) for e in level] for n, level in zip(names, levels)]
        values[tuple(np.array(a) for a in at)] = series.to_numpy(dtype=np.float32)
        return Header(values, description, str(coefficient or series.name or ""), names, elements)


def _records(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise HarError("the file is cut short")
        (size,) = struct.unpack_from("<i", data, at)
        end = at + 4 + size
        if size < 0 or end + 4 > len(data) or struct.unpack_from("<i", data, end)[0] != size:
            raise HarError(f"no record at byte {at}: this is no header-array file, or it is cut short")
        yield data[at + 4 : end]
        at = end + 4


def _next(records: Iterator[bytes], least: int) -> bytes:
    record = next(records, None)
    if record is None or len(record) < least:
        raise HarError("the file is cut short")
    return record


def _words(records: Iterator[bytes], width: int) -> list[str]:
    """Strings over as many records as their countdown says."""
    out: list[str] = []
    while True:
        record = _next(records, 16)
        left, _, count = struct.unpack_from("<3i", record, 4)
        if len(record) < 16 + count * width or count < 0:
            raise HarError("the file is cut short")
        out += [record[16 + k * width : 16 + (k + 1) * width].decode("latin-1").rstrip() for k in range(count)]
        if left <= 1:
            return out


def _full(records: Iterator[bytes], shape: tuple[int, ...]) -> np.ndarray:
    values = np.zeros(shape, dtype=np.float32, order="F")
    _next(records, 12)
    while True:
        bounds = struct.unpack_from(f"<{2 * RANK}i", _next(records, 8 + 8 * RANK), 8)
        record = _next(records, 8)
        (left,) = struct.unpack_from("<i", record, 4)
        place = tuple(slice(bounds[2 * k] - 1, bounds[2 * k + 1]) for k in range(RANK))
        part = np.frombuffer(record, dtype="<f4", offset=8)
        if part.size != values[place].size:
            raise HarError("a record of reals does not fill the places that it names")
        values[place] = part.reshape(values[place].shape, order="F")
        if left <= 1:
            return values


def _sparse(records: Iterator[bytes], shape: tuple[int, ...]) -> np.ndarray:
    values = np.zeros(int(np.prod(shape)), dtype=np.float32)
    _next(records, 16)
    while True:
        # Where all are zero one record without numbers follows.
        record = _next(records, 16)
        left, _, count = struct.unpack_from("<3i", record, 4)
        if count < 0 or len(record) < 16 + 8 * count:
            raise HarError("the file is cut short")
        places = np.frombuffer(record, dtype="<i4", offset=16, count=count) - 1
        if count and not (0 <= places.min() and places.max() < values.size):
            raise HarError("a place outside of the array")
        values[places] = np.frombuffer(record, dtype="<f4", offset=16 + 4 * count, count=count)
        if left <= 1:
            break
    return values.reshape(shape, order="F")


def _matrix(records: Iterator[bytes], rows: int, columns: int, dtype: str) -> np.ndarray:
    values = np.zeros((rows, columns), dtype=np.dtype(dtype).newbyteorder("="), order="F")
    while True:
        record = _next(records, 32)
        left, _, _, r0, r1, c0, c1 = struct.unpack_from("<7i", record, 4)
        part = np.frombuffer(record, dtype=dtype, offset=32)
        place = (slice(r0 - 1, r1), slice(c0 - 1, c1))
        if part.size != values[place].size:
            raise HarError("a record of numbers does not fill the places that it names")
        values[place] = part.reshape(values[place].shape, order="F")
        if left <= 1:
            return values


def read(path: str | os.PathLike[str]) -> dict[str, Header]:
    """All arrays of a file by their names, in its order.

    Raises `HarError` where the file is none of this kind, or has an array of another type.
    """
    with open(path, "rb") as file:
        records = _records(file.read())
    out: dict[str, Header] = {}
    for start in records:
        if len(start) != 4:
            raise HarError("an array's name is four characters")
        name = start.decode("latin-1").rstrip()
        head = _next(records, 14 + LINE)
        kind, storage = head[4:6].decode("latin-1"), head[6:10].decode("latin-1")
        description = head[10 : 10 + LINE].decode("latin-1").rstrip()
        (rank,) = struct.unpack_from("<i", head, 10 + LINE)
        if not 0 <= rank <= RANK or len(head) < 14 + LINE + 4 * rank:
            raise HarError(f"{name}: {rank} dimensions")
        shape = struct.unpack_from(f"<{rank}i", head, 14 + LINE)
        if kind == "1C":
            out[name] = Header(np.array(_words(records, shape[1]), dtype=object), description)
        elif kind in ("2I", "2R"):
            out[name] = Header(_matrix(records, shape[0], shape[1], "<i4" if kind == "2I" else "<f4"), description)
        elif kind in ("RE", "RL"):
            sets: tuple[str, ...] = ()
            elements: dict[str, list[str]] = {}
            coefficient = ""
            if kind == "RE":
                info = _next(records, 32)
                distinct, _, used = struct.unpack_from("<3i", info, 4)
                coefficient = info[16:28].decode("latin-1").rstrip()
                if not 0 <= used <= RANK or len(info) < 32 + (WORD + 1) * used:
                    raise HarError(f"{name}: {used} sets")
                sets = tuple(info[32 + WORD * k : 32 + WORD * (k + 1)].decode("latin-1").rstrip() for k in range(used))
                known = info[32 + WORD * used : 32 + (WORD + 1) * used].decode("latin-1")
                told = list(dict.fromkeys(s for s, status in zip(sets, known) if status == "k"))
                for one in told[:distinct]:
                    elements[one] = _words(records, WORD)
                for k, one in enumerate(sets):
                    elements.setdefault(one, [str(n + 1) for n in range(shape[k])])
            values = (_sparse if storage == "SPSE" else _full)(records, shape)
            rank = len(sets) if sets else max((k + 1 for k, n in enumerate(shape) if n > 1), default=0)
            out[name] = Header(values.reshape(shape[:rank], order="F"), description, coefficient, sets, elements)
        else:
            raise HarError(f"{name}: arrays of type {kind!r} are not read")
    return out


def _write(file: Any, *parts: bytes) -> None:
    body = b"".join(parts)
    file.write(struct.pack("<i", len(body)) + body + struct.pack("<i", len(body)))


def _padded(text: str, width: int, what: str) -> bytes:
    data = text.encode("latin-1", "replace")
    if len(data) > width:
        raise HarError(f"{what} {text!r} has more than {width} characters")
    return data.ljust(width)


def _write_words(file: Any, words: list[str], width: int, what: str) -> None:
    step = max(1, RECORD // width)
    parts = [words[k : k + step] for k in range(0, len(words), step)] or [[]]
    for k, part in enumerate(parts):
        data = b"".join(_padded(w, width, what) for w in part)
        _write(file, b"    ", struct.pack("<3i", len(parts) - k, len(words), len(part)), data)


def write(path: str | os.PathLike[str], headers: Mapping[str, "Header | Any"]) -> None:
    """Writes arrays, pandas Series or arrays of numpy; a file of that name is replaced when all are written.

    Reals are single, as the format has them. Raises `HarError` where a name is too long for the format.
    """
    rough = f"{os.fspath(path)}.{os.getpid()}"
    try:
        with open(rough, "wb") as file:
            for name, header in headers.items():
                if not isinstance(header, Header):
                    header = Header.of(header) if hasattr(header, "index") and not isinstance(header, (list, tuple, str)) else Header(np.asarray(header))
                _write_header(file, name, header)
        os.replace(rough, path)
    finally:
        if os.path.exists(rough):
            os.unlink(rough)


def _write_header(file: Any, name: str, header: Header) -> None:
    values = np.asarray(header.values)
    _write(file, _padded(name, 4, "an array's name"))
    line = _padded(header.description, LINE, "a description")
    if values.dtype.kind in "OUS":
        words = [str(w) for w in values.ravel()]
        width = max([WORD, *(len(w.encode("latin-1", "replace")) for w in words)])
        _write(file, b"    1CFULL", line, struct.pack("<3i", 2, len(words), width))
        _write_words(file, words, width, "an element")
        return
    if values.dtype.kind in "iu" and not header.sets:
        table = np.atleast_1d(values).reshape(len(np.atleast_1d(values)), -1).astype("<i4")
        rows, columns = table.shape
        _write(file, b"    2IFULL", line, struct.pack("<3i", 2, rows, columns))
        bounds = struct.pack("<7i", 1, rows, columns, 1, rows, 1, columns)
        _write(file, b"    ", bounds, table.tobytes(order="F"))
        return
    if values.ndim > RANK:
        raise HarError(f"{name}: {values.ndim} dimensions, and the format has {RANK}")
    if header.sets and values.shape != tuple(len(header.elements[s]) for s in header.sets):
        raise HarError(f"{name}: its values do not run over {', '.join(header.sets)}")
    shape = values.shape + (1,) * (RANK - values.ndim)
    _write(file, b"    RE" if header.sets else b"    RL", b"FULL", line, struct.pack(f"<{RANK + 1}i", RANK, *shape))
    if header.sets:
        distinct = list(dict.fromkeys(header.sets))
        rank = len(header.sets)
        names = b"".join(_padded(s, WORD, "a set's name") for s in header.sets)
        coefficient = _padded(header.coefficient or name, WORD, "a coefficient's name")
        _write(file, b"    ", struct.pack("<3i", len(distinct), 1, rank), coefficient, struct.pack("<i", 1), names, b"k" * rank, bytes(4 * (rank + 1)))
        for one in distinct:
            _write_words(file, header.elements[one], WORD, "an element")
    _write_reals(file, values.reshape(shape).astype("<f4"))


def _write_reals(file: Any, values: np.ndarray) -> None:
    """Parts that fill whole leading dimensions, so that each is a box."""
    shape = values.shape
    room = RECORD // 4
    lead = 0
    size = 1
    while lead < RANK and size * shape[lead] <= room:
        size *= shape[lead]
        lead += 1
    boxes: list[tuple[slice, ...]] = []
    if lead == RANK:
        boxes.append(tuple(slice(0, n) for n in shape))
    else:
        step = max(1, room // size)
        for rest in np.ndindex(*shape[:lead:-1]):
            for start in range(0, shape[lead], step):
                end = min(start + step, shape[lead])
                box = [slice(0, n) for n in shape[:lead]] + [slice(start, end)]
                boxes.append(tuple(box + [slice(k, k + 1) for k in reversed(rest)]))
    _write(file, b"    ", struct.pack(f"<{RANK + 2}i", 2 * len(boxes) + 1, RANK, *shape))
    for k, box in enumerate(boxes):
        left = 2 * (len(boxes) - k)
        bounds = [n for s in box for n in (s.start + 1, s.stop)]
        _write(file, b"    ", struct.pack(f"<{2 * RANK + 1}i", left, *bounds))
        _write(file, b"    ", struct.pack("<i", left - 1), values[box].tobytes(order="F"))
