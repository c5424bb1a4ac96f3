"""Data sets, one file per source, named by the word that `source` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.data import Dataset

from backtrace.config.schema import AnyData
from backtrace.errors import DataError
from backtrace.train.data import arrays, cifar10, csv, dataset, random, values
from backtrace.train.data.batches import Batches
from backtrace.train.data.rows import DataRequest, DataRows

__all__ = ["Batches", "DataRequest", "DataRows", "build_data"]

SOURCES: dict[str, Callable[[Any, DataRequest], Dataset[object] | None]] = {
    "values": values.load,
    "random": random.load,
    "csv": csv.load,
    "npz": arrays.load,
    "safetensors": arrays.load,
    "cifar10": cifar10.load,
    "dataset": dataset.load,
}
IN_CONFIG = ("values", "random")  # their mistakes stand in the config, the others' in a file


def build_data(data: AnyData, wanted: DataRequest, device: torch.device) -> Batches | None:
    """Return the config's batches, or write down what is wrong with them.

    Raises:
        DataError: a file is missing, damaged or of the wrong shape.
    """
    rows = _load(data, wanted)
    if rows is None:
        return None
    if data.requires_grad and wanted.input_indices:
        found = "the input is integers for the Embedding, and integers have no gradient"
        wanted.problems.add("data.requires_grad", found, "leave it out")
        return None
    batches = Batches(rows, data, wanted, device)
    if batches.per_epoch == 0:
        found = f"an epoch has no batch: {batches.rows} rows, batches of {batches.batch_size}"
        wanted.problems.add("data.batch_size", found, "fewer rows per batch, or drop_last: false")
        return None
    return batches


def _load(data: AnyData, wanted: DataRequest) -> Dataset[object] | None:
    if data.source not in IN_CONFIG:
        return SOURCES[data.source](data, wanted)
    try:
        return SOURCES[data.source](data, wanted)
    except DataError as error:
        wanted.problems.add("data", str(error))
    return None
