"""Looks for a data set's file, and says what to do when it is not there."""

from __future__ import annotations

from pathlib import Path

from backtrace.config.schema import DatasetData, FileData
from backtrace.errors import DataError
from backtrace.train.data.random import draw_rows
from backtrace.train.data.rows import DataRequest, DataRows

WITHOUT = "--synthetic runs it on random numbers instead."


def places(path: str, folder: Path) -> list[Path]:
    """Return where a path is looked for: beside the config, then in the working directory."""
    given = Path(path).expanduser()
    found = [folder / given, Path.cwd() / given]
    return found[:1] if found[0].absolute() == found[1].absolute() else found


def find_file(path: str, folder: Path) -> Path:
    """Return the file at `path`.

    Raises:
        DataError: it is in none of the places.
    """
    looked = places(path, folder)
    for place in looked:
        if place.is_file():
            return place
    advice = "`data.path` says where it is, seen from the config's folder."
    raise missing(f"The data file {path}", looked, advice)


def missing(what: str, looked: list[Path], advice: str) -> DataError:
    """Return the error about a data set that is not there."""
    shown = "\n".join(f"    {place}" for place in looked)
    return DataError(f"{what} was not found. It was looked for at\n{shown}\n{advice}\n{WITHOUT}")


def synthetic_rows(data: FileData | DatasetData, wanted: DataRequest) -> DataRows | None:
    """Return random rows in place of a file's, by `like`; write it down if `like` is missing."""
    like = data.like or {}
    if set(like) != {"input", "target"}:
        wanted.problems.add(
            "data.like",
            "synthetic rows were asked for, and nothing says their shapes",
            "add like: {input: [100, 8], target: {shape: [100], classes: 10}} with your sizes",
        )
        return None
    what = data.cls if isinstance(data, DatasetData) else data.path
    sentence = f"The rows are random numbers in the shapes of {what}, not its data."
    return draw_rows(like["input"], like["target"], wanted, "data.like", synthetic=sentence)
