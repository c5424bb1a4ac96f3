"""Arrays of an `.npz` or `.safetensors` file; neither format can run code when it is read."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from backtrace.config.schema import ArrayData
from backtrace.errors import DataError
from backtrace.train.data.files import find_file, synthetic_rows
from backtrace.train.data.rows import DataRequest, DataRows, make_rows
from backtrace.train.memory import available_bytes, size_text
from backtrace.train.problems import first_line, suggest


def load(data: ArrayData, wanted: DataRequest) -> DataRows | None:
    """Return two of the file's arrays; `shape` gives each row of the input another shape.

    Raises:
        DataError: the file or an array is missing or damaged, or `shape` does not fit.
    """
    if data.synthetic:
        return synthetic_rows(data, wanted)
    path = find_file(data.path, wanted.folder)
    read = _read_npz if data.source == "npz" else _read_safetensors
    try:
        x, y = read(path, [data.input, data.target])
    except MemoryError as error:
        said = first_line(error) or "there is not enough memory"
        raise DataError(f"{path} cannot be read as .{data.source}: {said}") from error
    except DataError:
        raise
    except Exception as error:  # zipfile, numpy's tokenizer and torch's mmap have one each
        raise DataError(f"{path} cannot be read as .{data.source}: {first_line(error)}") from error
    if data.shape is not None:
        x = _reshape(x, data.shape, path)
    return make_rows(x, y, wanted, scale=data.scale)


def _read_npz(path: Path, keys: list[str]) -> list[Tensor]:
    file = numpy.load(path, allow_pickle=False)
    if not isinstance(file, numpy.lib.npyio.NpzFile):
        raise ValueError("it is a single array, not an archive of named ones")
    with file:
        _check_keys(path, keys, list(file.files))
        infos = file.zip.infolist() if file.zip is not None else []
        wanted = {*keys, *(f"{key}.npy" for key in keys)}
        _check_memory(path, sum(info.file_size for info in infos if info.filename in wanted))
        return [_tensor(path, key, file[key]) for key in keys]


def _check_memory(path: Path, unpacked: int) -> None:
    """Refuse what a small file may unpack to, before anything is unpacked; it is copied once."""
    available = available_bytes()
    if available is not None and 2 * unpacked > available:
        raise DataError(
            f"{path}: its arrays take {size_text(unpacked)} when they are unpacked, and to copy "
            f"them as much again; {size_text(available)} of memory are available"
        )


def _tensor(path: Path, key: str, array: NDArray[Any]) -> Tensor:
    if not isinstance(array, numpy.ndarray):  # the bytes of a member that is none
        raise ValueError(f"{key} is no array")
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("="))
    try:
        return torch.tensor(array)
    except TypeError as error:
        raise DataError(f"{path}: {key} has the type {array.dtype}, not numbers") from error


def _read_safetensors(path: Path, keys: list[str]) -> list[Tensor]:
    with safe_open(path, framework="pt") as file:
        _check_keys(path, keys, list(file.keys()))
        _check_memory(path, sum(_size_of(file.get_slice(key)) for key in keys))
        return [file.get_tensor(key) for key in keys]


def _size_of(array: Any) -> int:
    bits = re.search(r"\d+", str(array.get_dtype()))  # F32, BF16, F8_E4M3, BOOL
    return int(math.prod(array.get_shape())) * (int(bits[0]) if bits else 8) // 8


def _check_keys(path: Path, keys: list[str], known: list[str]) -> None:
    for key in keys:
        if key not in known:
            hint = suggest(key, known) or f"it has {', '.join(known)}"
            raise DataError(f"{path} has no array {key!r}; {hint}")


def _reshape(x: Tensor, shape: list[int], path: Path) -> Tensor:
    rows, row = len(x), tuple(x.shape[1:])
    try:
        return x.reshape(rows, *shape)
    except RuntimeError as error:
        raise DataError(
            f"{path}: a row of the input has shape {row}, {math.prod(row)} numbers, "
            f"which cannot take the shape {tuple(shape)}"
        ) from error
