"""A capsule on disk: a line of magic, JSON, and the bytes of tensors. Nothing in it is run.

    BTCAPS1\\n | length of the JSON, 8 bytes | JSON | bytes of tensor 0, of tensor 1, …

The JSON says of each tensor what type, shape and strides it has, where its bytes begin, and their
checksum. Whoever made the file up, reading it makes numbers and texts of it, or raises.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from types import TracebackType

from backtrace.errors import TraceFileError
from backtrace.tracefile import codec
from backtrace.tracefile.capsule_facts import CapsuleFacts

MAGIC = b"BTCAPS1\n"
SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2,
    "bfloat16": 2, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16,
    "uint16": 2, "uint32": 4, "uint64": 8, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip
_LARGEST_HEADER = 256 * 2**20  # bytes
_MOST_DIMENSIONS = 64


@dataclass(frozen=True)
class Blob:
    """One tensor's bytes, in the order of its memory, without gaps."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    data: memoryview


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor's bytes are in the file."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    start: int
    checksum: int

    @property
    def size(self) -> int:
        return SIZES[self.dtype] * prod(self.shape)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What the JSON of the file holds."""

    facts: CapsuleFacts
    tensors: tuple[_Place, ...]


def check_capsule_place(path: Path, *, force: bool) -> None:
    """Make sure that a capsule can be made at `path`.

    Raises:
        TraceFileError: something is there that must not be overwritten, or nothing can be there.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise TraceFileError(f"{path}: no file can be made there: no such folder, or one itself")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise TraceFileError(f"{path}: nothing may be written into the folder {path.parent}")
    if not path.exists():
        return
    if not path.is_file():
        raise TraceFileError(f"{path}: is no regular file; choose another name")
    if not force:
        raise TraceFileError(
            f"{path}: is there already, from an earlier run: move it, or add --force"
        )
    if path.stat().st_size and not _has_magic(path):
        raise TraceFileError(f"{path}: is there already and is not a capsule; it is left alone")


def write_capsule(path: Path, facts: CapsuleFacts, blobs: Sequence[Blob]) -> int:
    """Write a capsule, and return its size in bytes; one that was there is there until then.

    Raises:
        TraceFileError: it cannot be written, for the disk is full or for another reason.
    """
    start, places = 0, []
    for blob in blobs:
        checksum = zlib.crc32(blob.data)
        places.append(_Place(blob.dtype, blob.shape, blob.strides, start, checksum))
        start += blob.data.nbytes
    header = codec.dump(_Contents(facts, tuple(places))).encode()
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(MAGIC + struct.pack("<Q", len(header)) + header)
            for blob in blobs:
                file.write(blob.data)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise TraceFileError(f"{path}: cannot be written: {error.strerror or error}") from error
    return len(MAGIC) + 8 + len(header) + start


class CapsuleFile:
    """A capsule that is read: `facts` at once, tensors one by one.

    Raises:
        TraceFileError: it is not a capsule, or it is damaged.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self._file = self.path.open("rb")
        except OSError as error:
            raise TraceFileError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            self.facts, self._places = self._read()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> CapsuleFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def count(self) -> int:
        """How many tensors it holds."""
        return len(self._places)

    def read(self, number: int) -> Blob:
        """Read a tensor.

        Raises:
            TraceFileError: there is none of this number, or its bytes are not those written.
        """
        if not 0 <= number < len(self._places):
            raise self._damaged(f"it has no tensor {number}")
        place = self._places[number]
        self._file.seek(self._begin + place.start)
        data = bytearray(self._file.read(place.size))
        if len(data) != place.size or zlib.crc32(data) != place.checksum:
            raise self._damaged(f"the bytes of tensor {number} are others than were written")
        return Blob(place.dtype, place.shape, place.strides, memoryview(data))

    def _read(self) -> tuple[CapsuleFacts, tuple[_Place, ...]]:
        head = self._file.read(len(MAGIC) + 8)
        if not head.startswith(MAGIC):
            raise TraceFileError(f"{self.path}: is not a capsule; `run --capsule` writes them")
        if len(head) < len(MAGIC) + 8:
            raise self._damaged("it ends early")
        (length,) = struct.unpack("<Q", head[len(MAGIC) :])
        size = os.fstat(self._file.fileno()).st_size
        if length > min(size, _LARGEST_HEADER):
            raise self._damaged("it ends early")
        text = self._file.read(length)
        self._begin = len(MAGIC) + 8 + length
        try:
            found = codec.load(text.decode(), _Contents)
        except (ValueError, KeyError, TypeError, RecursionError, json.JSONDecodeError) as error:
            raise self._damaged(f"{error!s:.80}") from None
        for place in found.tensors:
            self._check(place, size - self._begin)
        if not found.facts.updates:
            raise self._damaged("it holds no update")
        return found.facts, found.tensors

    def _check(self, place: _Place, room: int) -> None:
        """Hold a tensor to the file's size, before any memory is asked for."""
        is_sound = (
            place.dtype in SIZES
            and len(place.shape) == len(place.strides) <= _MOST_DIMENSIONS
            and min((0, *place.shape, *place.strides)) == 0
            and _is_dense(place.shape, place.strides)
        )
        if not is_sound or place.start < 0 or place.start + place.size > room:
            raise self._damaged("a tensor in it is none, or reaches beyond its end")

    def _damaged(self, what: str) -> TraceFileError:
        return TraceFileError(f"{self.path}: the capsule is damaged: {what}")


def _is_dense(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether elements lie side by side, in whatever order of dimensions, without gaps."""
    if not prod(shape):
        return True
    step = 1
    for stride, size in sorted(zip(strides, shape, strict=True)):
        if size > 1:
            if stride != step:
                return False
            step *= size
    return True


def _has_magic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
