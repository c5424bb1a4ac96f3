"""Both published versions of CIFAR-10's files as records: a label, then the pixels of an image.

The Python version, which torchvision leaves behind, is pickled. It is read by an unpickler that
knows the few instructions and the three names that these files hold, and runs no code but ours:
whatever else a file asks for is refused.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

PIXELS = 3 * 32 * 32  # red, green and blue, row by row
RECORD = 1 + PIXELS
PUBLISHED_ROWS = 10_000  # in each file
LIMIT = 16 * PUBLISHED_ROWS * RECORD  # no published file comes near; guards against a bad archive
Records = NDArray[numpy.uint8]


class NotCifar(ValueError):
    """A file's content is not that of a version of CIFAR-10; its text says what was found."""


@dataclass(frozen=True)
class Version:
    """How a version is published: its folder, its archive, its files, and how they are read."""

    folder: str
    archive: str
    train: str
    test: str
    read: Callable[[bytes], Records]

    def names(self, split: str) -> list[str]:
        """Return the files of a split in their order."""
        if split == "test":
            return [self.test]
        return [self.train.format(number) for number in range(1, 6)]


def read_binary(content: bytes) -> Records:
    """Return the records of a file of the binary version.

    Raises:
        NotCifar: its size is none of records, or a label is not from 0 to 9.
    """
    if not content or len(content) % RECORD:
        raise NotCifar(
            f"has {len(content):,} bytes, no multiple of the {RECORD:,} of an image and its label "
            f"(as published: {PUBLISHED_ROWS * RECORD:,}). Download it once more."
        )
    records = numpy.frombuffer(content, dtype=numpy.uint8).reshape(-1, RECORD)
    if records[:, 0].max() > 9:
        raise NotCifar(
            f"has the label {records[:, 0].max()}; they go from 0 to 9. "
            "Is it CIFAR-10's binary version?"
        )
    return records


def read_pickled(content: bytes) -> Records:
    """Return the records of a file of the Python version; no code in it is run.

    Raises:
        NotCifar: it is no such file, or asks for something that none of them holds.
    """
    try:
        return _to_records(_Reader(io.BytesIO(content), encoding="latin1").load())
    except NotCifar:
        raise
    except Exception as error:
        known = (reason for kind, reason in _REASONS.items() if isinstance(error, kind))
        why = next(known, f"{error!r:.200}")
        raise NotCifar(f"is not CIFAR-10's Python version, or is damaged: {why}") from None


def _to_records(found: object) -> Records:
    pixels, labels = (found.get("data"), found.get("labels")) if isinstance(found, dict) else (0, 0)
    if not isinstance(pixels, _Array) or not isinstance(labels, list):
        raise NotCifar("has no data and labels, as CIFAR-10's Python version has")
    if not labels or any(type(each) is not int or not 0 <= each <= 9 for each in labels):
        raise NotCifar("has labels that are not numbers from 0 to 9")
    images = pixels.read(len(labels))
    return numpy.concatenate([numpy.array(labels, numpy.uint8)[:, None], images], axis=1)


class _Array:
    """Stands for the array in the file: keeps its shape, its type and its bytes."""

    def __init__(self, *_: object) -> None:
        self._state: Sequence[Any] = ()

    def __setstate__(self, state: Sequence[Any]) -> None:
        self._state = state

    def read(self, rows: int) -> Records:
        """Return the images of so many rows, each with its pixels in a line."""
        _, shape, kind, is_by_column, text = self._state
        content = text.encode("latin1") if isinstance(text, str) else text
        is_bytes = isinstance(kind, _Type) and kind.name == "u1" and isinstance(content, bytes)
        if not is_bytes or tuple(shape) != (rows, PIXELS) or len(content) != rows * PIXELS:
            raise NotCifar(f"does not hold {rows:,} images of {PIXELS:,} bytes")
        flat: Records = numpy.frombuffer(content, numpy.uint8)
        return flat.reshape(PIXELS, rows).T if is_by_column else flat.reshape(rows, PIXELS)


class _Type:
    """Stands for the type of the array's elements."""

    def __init__(self, name: str, *_: object) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        """The byte order, which single bytes do not have."""


class _ArrayClass:
    """Stands for numpy's class of arrays, which these files only name."""


_NAMES: Mapping[tuple[str, str], type] = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _ArrayClass,
    ("numpy", "dtype"): _Type,
}
_INSTRUCTIONS = (
    pickle.PROTO, pickle.STOP, pickle.MARK, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE,
    pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG1,
    pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.BINBYTES, pickle.SHORT_BINBYTES,
    pickle.BINUNICODE, pickle.SHORT_BINUNICODE,
    pickle.EMPTY_DICT, pickle.EMPTY_LIST, pickle.EMPTY_TUPLE, pickle.DICT, pickle.LIST,
    pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3,
    pickle.SETITEM, pickle.SETITEMS, pickle.APPEND, pickle.APPENDS,
    pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.GET, pickle.BINGET, pickle.LONG_BINGET,
    pickle.MEMOIZE, pickle.FRAME, pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.BUILD,
)  # fmt: skip

_REASONS: Mapping[type[Exception], str] = {
    EOFError: "it ends too early",
    KeyError: "it holds what no such file does",  # an instruction, or something kept for later
    IndexError: "it ends too early",
    pickle.UnpicklingError: "it ends too early",
}


# The one in Python, not the one in C: it has no table whose size the file chooses, and what it
# can be told to do stands in `dispatch`.
class _Reader(pickle._Unpickler):
    dispatch = {ord(each): pickle._Unpickler.dispatch[ord(each)] for each in _INSTRUCTIONS}  # noqa: RUF012

    def find_class(self, module: str, name: str) -> type:
        found = _NAMES.get((module, name))
        if found is None:
            raise NotCifar(
                f"asks for {module:.60}.{name:.60}, which no file of CIFAR-10 does: refused"
            )
        return found


BINARY = Version(
    "cifar-10-batches-bin", "cifar-10-binary.tar.gz",
    "data_batch_{}.bin", "test_batch.bin", read_binary,
)  # fmt: skip
PYTHON = Version(
    "cifar-10-batches-py", "cifar-10-python.tar.gz",
    "data_batch_{}", "test_batch", read_pickled,
)  # fmt: skip
VERSIONS = (BINARY, PYTHON)
