"""CIFAR-10 in its binary version, from its folder or its tar archive; nothing is unpacked."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray

from backtrace.config.schema import CifarData, Random
from backtrace.errors import DataError
from backtrace.train.data.files import missing, places
from backtrace.train.data.random import draw_rows
from backtrace.train.data.rows import DataRequest, DataRows, make_rows

RECORD = 1 + 3 * 32 * 32  # a label, then red, green and blue, row by row
PUBLISHED_ROWS = 10_000  # in each file
LIMIT = 16 * PUBLISHED_ROWS * RECORD  # no published file comes near; guards against a bad archive
FILES = {
    "train": [f"data_batch_{number}.bin" for number in range(1, 6)],
    "test": ["test_batch.bin"],
}
ARCHIVE = "cifar-10-binary.tar.gz"
ADVICE = (
    f"Download the binary version, {ARCHIVE}, from the CIFAR-10 page of the University of\n"
    "Toronto (https://www.cs.toronto.edu/~kriz/cifar.html), and put it, or the folder in it,\n"
    "at one of these places; or set `data.path` to where it is."
)


def load(data: CifarData, wanted: DataRequest) -> DataRows | None:
    """Return images (rows, 3, 32, 32) from 0 to 1, times `scale`, and labels (rows,).

    Raises:
        DataError: the files are missing, damaged or not the binary version.
    """
    if data.synthetic:
        return _synthetic(data, wanted)
    place = _find(data.path, wanted.folder)
    read = _read_folder if place.is_dir() else _read_archive
    parts = read(place, FILES[data.split], data.rows)
    records = numpy.concatenate([_records(place, *part) for part in parts])[: data.rows]
    labels = torch.from_numpy(records[:, 0].astype(numpy.int64))
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32))
    return make_rows(images, labels, wanted, scale=data.scale / 255)


def _synthetic(data: CifarData, wanted: DataRequest) -> DataRows | None:
    rows = data.rows or 1000
    images = Random(shape=[rows, 3, 32, 32], distribution="uniform")
    sentence = f"The {rows:,} images and labels are random numbers, not CIFAR-10."
    labels = Random(shape=[rows], classes=10)
    return draw_rows(images, labels, wanted, "data", synthetic=sentence)


def _find(path: str, folder: Path) -> Path:
    looked = places(path, folder)
    looked += [place.parent / ARCHIVE for place in looked if place.name != ARCHIVE]
    for place in looked:
        if place.is_file() or (place.is_dir() and any(place.glob("*.bin"))):
            return place
        if (place / "data_batch_1").is_file():
            raise DataError(f"{place} is CIFAR-10's Python version, which is pickled.\n{ADVICE}")
    raise missing("CIFAR-10", looked, ADVICE)


def _read_folder(folder: Path, names: list[str], rows: int | None) -> list[tuple[str, bytes]]:
    found: dict[str, bytes] = {}
    for name in names:
        if _complete(found, names, rows):
            break
        try:
            found[name] = (folder / name).read_bytes()
        except OSError as error:
            raise DataError(f"{folder / name} cannot be read: {error}.\n{ADVICE}") from error
    return list(found.items())


def _read_archive(archive: Path, names: list[str], rows: int | None) -> list[tuple[str, bytes]]:
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                name = Path(member.name).name
                if name in names and member.isfile() and member.size <= LIMIT:
                    file = tar.extractfile(member)
                    found[name] = file.read() if file else b""
                    if _complete(found, names, rows):
                        return [(name, found[name]) for name in names if name in found]
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DataError(f"{archive} cannot be read as an archive: {error}.\n{ADVICE}") from error
    lacking = ", ".join(name for name in names if name not in found)
    raise DataError(f"{archive} has no {lacking}.\n{ADVICE}")


def _complete(found: dict[str, bytes], names: list[str], rows: int | None) -> bool:
    """Tell whether the first `rows` rows are there: all files, or the first ones without a gap."""
    size = 0
    for name in names:
        if rows is not None and size >= rows * RECORD:
            return True
        if name not in found:
            return False
        size += len(found[name])
    return True


def _records(place: Path, name: str, content: bytes) -> NDArray[numpy.uint8]:
    if not content or len(content) % RECORD:
        raise DataError(
            f"{place}: {name} has {len(content):,} bytes, no multiple of the "
            f"{RECORD:,} of an image and its label (as published: {PUBLISHED_ROWS * RECORD:,}). "
            "Download it once more."
        )
    records = numpy.frombuffer(content, dtype=numpy.uint8).reshape(-1, RECORD)
    if records[:, 0].max() > 9:
        found = f"{place}: {name} has the label {records[:, 0].max()}; they go from 0 to 9"
        raise DataError(f"{found}. Is it CIFAR-10's binary version?")
    return records
