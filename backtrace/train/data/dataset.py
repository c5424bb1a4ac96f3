"""A `torch.utils.data.Dataset` of the user's."""

from __future__ import annotations

from torch.utils.data import Dataset

from backtrace.config.schema import DatasetData
from backtrace.train.data.files import synthetic_rows
from backtrace.train.data.rows import DataRequest, DataRows
from backtrace.train.imports import first_on_path, import_class
from backtrace.train.torch_call import ConfigCall, fits, make


def load(data: DatasetData, wanted: DataRequest) -> Dataset[object] | DataRows | None:
    """Return an instance of the user's class, or write down why there is none."""
    if data.synthetic:
        return synthetic_rows(data, wanted)
    problems = wanted.problems
    cls = import_class(problems, "data.class", data.cls, wanted.folder, Dataset)
    if cls is None:
        return None
    call = ConfigCall("data", data.cls, cls, data.args, data.kwargs, kwargs_key="data.kwargs")
    if not fits(problems, call):
        return None
    with first_on_path(wanted.folder):
        dataset = make(problems, call)
    if dataset is None:
        return None
    if not hasattr(dataset, "__len__") and (data.shuffle or data.batch_size is None):
        found = f"{data.cls} does not tell its length"
        problems.add("data", found, "give it __len__, or set batch_size and leave shuffle out")
        return None
    return dataset
