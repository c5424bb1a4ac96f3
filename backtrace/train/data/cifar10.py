"""CIFAR-10, in its binary or its Python version, from its folder or its archive."""

from __future__ import annotations

import lzma
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy
import torch

from backtrace.config.schema import CifarData, Random
from backtrace.errors import DataError
from backtrace.train.data.cifar10_files import (
    LIMIT,
    PYTHON,
    VERSIONS,
    NotCifar,
    Records,
    Version,
)
from backtrace.train.data.files import missing, places
from backtrace.train.data.random import draw_rows
from backtrace.train.data.rows import DataRequest, DataRows, make_rows

ADVICE = (
    f"Have torchvision download it, or take {VERSIONS[0].archive} or {PYTHON.archive}\n"
    "from the CIFAR-10 page of the University of Toronto\n"
    "(https://www.cs.toronto.edu/~kriz/cifar.html), and put it, or the folder in it, at one of\n"
    "these places; or set `data.path` to where it is."
)
# RecursionError: of extensions of extensions.
_DAMAGED = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, RecursionError)
_EXTENSIONS = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)  # fmt: skip
_MOST_EXTENDED = 1 << 20
_MOST_AHEAD = 4 << 20  # bytes that are read before anything has come of them
_MOST_HEADERS = 10_000  # of an archive; the published ones have ten


def load(data: CifarData, wanted: DataRequest) -> DataRows | None:
    """Return images (rows, 3, 32, 32) from 0 to 1, times `scale`, and labels (rows,).

    Raises:
        DataError: the files are missing, damaged, or of no version of CIFAR-10.
    """
    if data.synthetic:
        return _synthetic(data, wanted)
    place = _find(data.path, wanted.folder)
    read = _read_folder if place.is_dir() else _read_archive
    records = numpy.concatenate(read(place, data.split, data.rows))[: data.rows]
    labels = torch.from_numpy(records[:, 0].astype(numpy.int64))
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32))
    return make_rows(images, labels, wanted, scale=data.scale, divisor=255)


def _synthetic(data: CifarData, wanted: DataRequest) -> DataRows | None:
    rows = data.rows or 1000
    images = Random(shape=[rows, 3, 32, 32], distribution="uniform")
    sentence = f"The {rows:,} images and labels are random numbers, not CIFAR-10."
    labels = Random(shape=[rows], classes=10)
    return draw_rows(images, labels, wanted, "data", synthetic=sentence)


def _find(path: str, folder: Path) -> Path:
    """Return the folder or the archive: at the path, in it, or beside it under its usual name."""
    looked: list[Path] = []
    for place in places(path, folder):
        looked += [place, *(place / version.folder for version in VERSIONS)]
        looked += [place / version.archive for version in VERSIONS]
        looked += [place.parent / version.folder for version in VERSIONS]
        looked += [place.parent / version.archive for version in VERSIONS]
    for place in dict.fromkeys(looked):
        if place.is_file() or (place.is_dir() and _version_in(place)):
            return place
    raise missing("CIFAR-10", list(dict.fromkeys(looked)), ADVICE)


def _version_in(folder: Path) -> Version | None:
    """Return the version whose files a folder has some of."""
    for version in VERSIONS:
        if any(
            (folder / name).is_file()
            for split in ("train", "test")
            for name in version.names(split)
        ):
            return version
    return None


def _read_folder(folder: Path, split: str, rows: int | None) -> list[Records]:
    version = _version_in(folder)
    assert version is not None  # `_find` looked
    found: dict[str, Records] = {}
    names = version.names(split)
    for name in names:
        if _is_complete(found, names, rows):
            break
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise DataError(f"{folder / name} cannot be read: {error}.\n{ADVICE}") from error
        found[name] = _read(version, folder, name, content)
    return list(found.values())


def _too_large(archive: Path) -> DataError:
    return DataError(f"{archive} unpacks to more than {LIMIT:,} bytes: it is not CIFAR-10's.")


class _Bounded(tarfile.TarInfo):
    """Reads a member's header, and refuses an archive before it unpacks to too much.

    `tarfile` itself holds in memory what extends a header (a long name, a pax record), whatever
    size it is said to have. Each archive has a class of its own, which counts.
    """

    archive: Path
    unpacked = headers = 0

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Bounded:
        cls.headers += 1
        if cls.headers > _MOST_HEADERS:
            raise DataError(
                f"{cls.archive} holds more than {_MOST_HEADERS:,} files: it is not CIFAR-10's."
            )
        found = super().frombuf(buf, encoding, errors)
        cls.unpacked += tarfile.BLOCKSIZE + found.size
        most = _MOST_EXTENDED if found.type in _EXTENSIONS else LIMIT
        if cls.unpacked > LIMIT or found.size > most:
            raise _too_large(cls.archive)
        return found


class _Yielding:
    """A compressed file, refused where far more is read of it than it has unpacked to.

    Of what follows the first gzip stream `tarfile` reads nothing, and copies it all each time.
    """

    def __init__(self, file: BinaryIO, tarinfo: type[_Bounded]) -> None:
        self._file, self._tarinfo, self._taken = file, tarinfo, 0

    def read(self, size: int) -> bytes:
        """Read on."""
        found = self._file.read(size)
        self._taken += len(found)
        if self._taken > self._tarinfo.unpacked + _MOST_AHEAD:
            raise tarfile.ReadError("much of it unpacks to nothing")
        return found


def _read_archive(archive: Path, split: str, rows: int | None) -> list[Records]:
    found: dict[str, Records] = {}
    by_name = {name: version for version in VERSIONS for name in version.names(split)}
    names: list[str] = []
    try:
        bounded = type("Bounded", (_Bounded,), {"archive": archive})
        with (
            archive.open("rb") as file,
            tarfile.open(fileobj=_Yielding(file, bounded), mode="r|*", tarinfo=bounded) as tar,  # type: ignore[call-overload]
        ):
            for member in tar:
                if member.size > LIMIT:  # a pax record's, which its header does not tell
                    raise _too_large(archive)
                name = Path(member.name).name
                version = by_name.get(name)
                if version is None or not member.isfile():
                    continue
                names = version.names(split)
                content = tar.extractfile(member)
                found[name] = _read(version, archive, name, content.read() if content else b"")
                if _is_complete(found, names, rows):
                    return [found[name] for name in names if name in found]
    except _DAMAGED as error:
        raise DataError(f"{archive} cannot be read as an archive: {error}.\n{ADVICE}") from error
    lacking = ", ".join(name for name in names or VERSIONS[0].names(split) if name not in found)
    raise DataError(f"{archive} has no {lacking}.\n{ADVICE}")


def _is_complete(found: dict[str, Records], names: list[str], rows: int | None) -> bool:
    """Tell whether the first `rows` rows are there: all files, or the first ones without a gap."""
    count = 0
    for name in names:
        if rows is not None and count >= rows:
            return True
        if name not in found:
            return False
        count += len(found[name])
    return True


def _read(version: Version, place: Path, name: str, content: bytes) -> Records:
    try:
        return version.read(content)
    except NotCifar as error:
        raise DataError(f"{place}: {name} {error}") from error
