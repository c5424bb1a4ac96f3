"""Each source of data: what it gives, and what it says when it cannot."""

import io
import sys
import zipfile

import numpy
import pytest
import torch
from config_parts import layer
from safetensors.torch import save_file

from backtrace.config.load import load_config
from backtrace.errors import ConfigError, DataError
from backtrace.train import dry_run
from backtrace.train.data import arrays
from backtrace.train.training import build_training

CLASSES = {"a": {"loss": {"type": "CrossEntropyLoss"}}}
PAIRS = {"source": "values", "input": [[1], [2]], "target": [0, 1]}


def test_integers_are_class_indices_only_for_losses_that_count_classes(build):
    _, y = build(model=[layer("Linear", 1, 2)], loss=CLASSES, data=PAIRS).batches.first()
    assert y.dtype == torch.int64
    data = {**PAIRS, "target": [[0], [1]]}
    x, y = build(model=[layer("Linear", 1, 1)], data=data).batches.first()
    assert (x.dtype, y.dtype) == (torch.float32, torch.float32)


def test_integers_are_looked_up_only_by_an_embedding(build):
    data = {"source": "values", "input": [0, 1], "target": [[1, 2], [3, 4]]}
    training = build(model=[layer("Embedding", 3, 2)], data=data)
    assert training.batches.first()[0].dtype == torch.int64
    training.run()


def test_an_embeddings_input_has_no_gradient(problems):
    data = {"source": "values", "input": [0], "target": [[1, 2]], "requires_grad": True}
    assert problems(model=[layer("Embedding", 3, 2)], data=data)[0].key == "data.requires_grad"


def test_values_keep_every_digit_in_float64(build):
    data = {"source": "values", "input": [[0.1]], "target": [[0.2]]}
    training = build(model=[layer("Linear", 1, 1)], data=data, loop={"dtype": "float64"})
    assert [t.item() for t in training.batches.first()] == [0.1, 0.2]


def test_random_numbers_are_the_same_in_every_dtype(build):
    data = {"source": "random", "input": {"shape": [4, 3]}, "target": {"shape": [4, 2]}}
    single = build(data=data).batches.first()[0]
    double = build(data=data, loop={"dtype": "float64"}).batches.first()[0]
    assert torch.equal(single.double(), double)
    generator = torch.Generator().manual_seed(1)  # the seed after the loop's
    assert torch.equal(single, torch.randn(4, 3, generator=generator))


def test_random_classes_and_uniform(build):
    data = {
        "source": "random",
        "input": {"shape": [400, 3], "distribution": "uniform"},
        "target": {"shape": [400], "classes": 2},
    }
    x, y = build(loss=CLASSES, data=data).batches.first()
    assert 0 <= x.min() < x.max() < 1
    assert sorted(set(y.tolist())) == [0, 1]


def test_no_batch_at_all(problems):
    data = {
        "source": "random",
        "input": {"shape": [3, 3]},
        "target": {"shape": [3, 2]},
        "batch_size": 4,
        "drop_last": True,
    }
    assert problems(data=data)[0].found == "an epoch has no batch: 3 rows, batches of 4"


def test_no_rows(problems):
    data = {"source": "random", "input": {"shape": [0, 3]}, "target": {"shape": [0, 2]}}
    assert problems(data=data)[0].found == "there are no rows"


def test_drop_last_and_shuffle(build):
    rows = {"input": [[i, i, i] for i in range(7)], "target": [[i, i] for i in range(7)]}
    data = {"source": "values", **rows, "batch_size": 3, "drop_last": True, "shuffle": True}
    training = build(data=data, loop={"epochs": 2})
    windows = [window[0] for window in training.windows()]
    assert [len(x) for x, _ in windows] == [3, 3, 3, 3]
    orders = [x[:, 0].tolist() for x, _ in windows]
    assert orders[:2] != orders[2:]
    assert all(torch.equal(x[:, 0], y[:, 0]) for x, y in windows)


CSV = {"source": "csv", "path": "rows.csv", "input": ["a", "b", "c"], "target": ["y", "z"]}


def test_csv(build, tmp_path):
    (tmp_path / "rows.csv").write_text("y,a,b,c,z\n1,2,3.5,4,5\n\n6,7,8,9,1e1\n", "utf-8-sig")
    x, y = build(data={**CSV, "scale": 2.0}).batches.first()
    assert x.tolist() == [[4, 7, 8], [14, 16, 18]]
    assert y.tolist() == [[1, 5], [6, 10]]
    _, label = build(
        data={**CSV, "target": "y"}, loss=CLASSES, model=[layer("Linear", 3, 9)]
    ).batches.first()
    assert label.tolist() == [1, 6]
    assert label.dtype == torch.int64


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b,c,y,zz\n", r"no column 'z'; did you mean zz\?"),
        ("a,b,c,y,z\n1,2,3,4,5\n1,2,x,4,5\n", r"rows.csv:3: column 'c' has 'x'"),
        ("a,b,c,y,z\n1,2,3\n", r"rows.csv:2: 3 cells, the header has 5"),
        ("a,b,c,y,z\n", "there are no rows"),
        ("", "no column 'a'"),
    ],
)
def test_damaged_csv(build, tmp_path, text, found):
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(DataError, match=found):
        build(data=CSV)


def test_a_missing_file_says_where_it_was_looked_for(build, tmp_path):
    with pytest.raises(DataError) as caught:
        build(data=CSV)
    text = str(caught.value)
    assert str(tmp_path / "rows.csv") in text
    assert "data.path" in text
    assert "--synthetic" in text


def test_the_configs_own_problems_come_first(build):
    with pytest.raises(ConfigError, match="Addam"):
        build(data=CSV, optimizer={"type": "Addam"})


def test_synthetic_rows_by_like(build, problems):
    like = {"input": {"shape": [5, 3]}, "target": {"shape": [5, 2]}}
    training = build(data={**CSV, "synthetic": True, "like": like})
    assert training.rows == 5
    assert training.synthetic == (
        "The rows are random numbers in the shapes of rows.csv, not its data."
    )
    assert build().synthetic == ""
    (problem,) = problems(data={**CSV, "synthetic": True})
    assert problem.key == "data.like"
    assert "add like" in problem.hint


ARRAYS = {"input": "x", "target": "y"}


def test_npz_with_shape_and_scale(build, tmp_path):
    x = numpy.arange(24, dtype=numpy.uint8).reshape(4, 6)
    numpy.savez(tmp_path / "rows.npz", x=x, y=numpy.ones((4, 2, 2), dtype=">f8"))
    data = {"source": "npz", "path": "rows.npz", **ARRAYS, "shape": [2, 3], "scale": 0.5}
    training = build(data=data)
    assert training.batches.dataset.input.dtype == torch.uint8
    x, y = training.batches.first()
    assert x[0].tolist() == [[0, 0.5, 1], [1.5, 2, 2.5]]
    assert y.dtype == torch.float32


def test_safetensors(build, tmp_path):
    save_file({"x": torch.ones(4, 3), "y": torch.zeros(4, 2)}, tmp_path / "rows.safetensors")
    training = build(data={"source": "safetensors", "path": "rows.safetensors", **ARRAYS})
    assert training.batches.first()[0].tolist() == [[1, 1, 1]] * 4


@pytest.mark.parametrize(
    ("arrays", "more", "found"),
    [
        (
            {"xs": numpy.ones((2, 3)), "y": numpy.ones(2)},
            {},
            r"no array 'x'; did you mean xs\?",
        ),
        ({"x": numpy.ones((2, 3)), "y": numpy.ones((3, 2))}, {}, "2 rows, the target 3"),
        ({"x": numpy.ones((2, 3)), "y": numpy.ones((2, 2))}, {"shape": [2, 2]}, "3 numbers"),
        ({"x": numpy.array(["a", "b"]), "y": numpy.ones(2)}, {}, "not numbers"),
        ({"x": numpy.array([{}, {}]), "y": numpy.ones(2)}, {}, "cannot be read as .npz"),
        ({"x": numpy.ones((2, 3), complex), "y": numpy.ones((2, 2))}, {}, "complex"),
        ({"x": numpy.float64(1), "y": numpy.ones(2)}, {}, "first dimension"),
    ],
)
def test_damaged_arrays(build, tmp_path, arrays, more, found):
    numpy.savez(tmp_path / "rows.npz", **arrays)
    with pytest.raises(DataError, match=found):
        build(data={"source": "npz", "path": "rows.npz", **ARRAYS, **more})


def test_what_is_wrong_with_the_data_is_told_with_its_place_in_the_config(tmp_path):
    text = [
        "model: ['Linear(2, 1)']", "loss: MSELoss", "optimizer: {type: SGD, lr: 0.1}",
        "data: {source: csv, path: none.csv, input: [a], target: [b]}", "loop: {updates: 1}",
    ]  # fmt: skip
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(text))
    loaded = load_config(path)
    with pytest.raises(DataError, match=r"a\.yaml:4:1: data: .*none\.csv"):
        build_training(loaded.config, loaded.folder, loaded.locate)


def test_a_layer_whose_output_does_not_fit_in_memory_is_refused(problems, monkeypatch):
    monkeypatch.setattr(dry_run, "available_bytes", lambda: 1000)
    layers = [layer("Linear", 1, 2), layer("ZeroPad1d", 1000)]
    found = problems(model=layers, data={**PAIRS, "target": [[0.0], [1.0]]})[0]
    assert found.key == "model.1"
    assert "its output of shape (2, 2002) would need 15.6 KiB" in found.found


def test_an_output_that_is_a_view_of_too_much_is_refused(problems, monkeypatch):
    monkeypatch.setattr(dry_run, "available_bytes", lambda: 1000)
    layers = [layer("Linear", 1, 2), layer("AdaptiveAvgPool1d", 1000)]
    found = problems(model=layers, data={**PAIRS, "target": [[0.0], [1.0]]})[0]
    assert "its output of shape (2, 1000) would need 7.8 KiB" in found.found


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(build, tmp_path, monkeypatch):
    numpy.savez_compressed(tmp_path / "rows.npz", x=numpy.ones((9, 3)), y=numpy.ones((9, 2)))
    data = {"source": "npz", "path": "rows.npz", **ARRAYS}
    monkeypatch.setattr(arrays, "available_bytes", lambda: 1000)
    with pytest.raises(DataError, match="take 616 bytes when they are unpacked"):
        build(data=data)


def test_tensors_that_do_not_fit_in_memory_are_not_read(build, tmp_path, monkeypatch):
    rows = {"x": torch.ones(9, 3), "y": torch.ones(9, 2, dtype=torch.bfloat16)}
    save_file(rows, tmp_path / "rows.safetensors")
    data = {"source": "safetensors", "path": "rows.safetensors", **ARRAYS}
    monkeypatch.setattr(arrays, "available_bytes", lambda: 100)
    with pytest.raises(DataError, match="take 144 bytes when they are unpacked"):
        build(data=data)


def test_a_header_that_asks_for_too_much_is_a_mistake(build, tmp_path):
    head = io.BytesIO()
    facts = {"descr": "<f8", "fortran_order": False, "shape": (10**13, 2)}
    numpy.lib.format.write_array_header_1_0(head, facts)
    with zipfile.ZipFile(tmp_path / "rows.npz", "w") as file:
        file.writestr("x.npy", head.getvalue())
        file.writestr("y.npy", head.getvalue())
    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        build(data={"source": "npz", "path": "rows.npz", **ARRAYS})


@pytest.mark.parametrize("source", ["npz", "safetensors"])
def test_files_that_are_something_else(build, tmp_path, source):
    (tmp_path / "rows").write_bytes(b"not what it says")
    with pytest.raises(DataError, match=f"cannot be read as .{source}"):
        build(data={"source": source, "path": "rows", **ARRAYS})


USER = """
import torch
from torch.utils.data import Dataset, IterableDataset
class Rows(Dataset):
    def __init__(self, count=6):
        self.count = count
    def __len__(self):
        return self.count
    def __getitem__(self, index):
        return torch.full((3,), index, dtype=torch.float64), index
class Stream(IterableDataset):
    def __iter__(self):
        for index in range(5):
            yield torch.ones(3), torch.ones(2)
class Single(Rows):
    def __getitem__(self, index):
        return torch.ones(3)
def make():
    raise AssertionError("called")
"""


@pytest.fixture
def user_module(tmp_path):
    name = f"user_data_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(USER)
    yield name
    sys.modules.pop(name, None)


def test_a_users_dataset(build, user_module):
    data = {"source": "dataset", "class": f"{user_module}:Rows", "kwargs": {"count": 4}}
    training = build(loss=CLASSES, data=data)
    x, y = training.batches.first()
    assert x[:, 0].tolist() == y.tolist() == [0, 1, 2, 3]
    assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
    assert training.rows == 4


def test_a_stream_has_no_length(build, problems, user_module):
    data = {"source": "dataset", "class": f"{user_module}:Stream", "batch_size": 2}
    training = build(data=data, loop={"epochs": 2})
    assert training.rows is training.planned_updates is training.updates_per_epoch is None
    assert [len(w[0][0]) for w in training.windows()] == [2, 2, 1, 2, 2, 1]
    training.run()
    (problem,) = problems(data={k: v for k, v in data.items() if k != "batch_size"})
    assert "does not tell its length" in problem.found
    (problem,) = problems(data=data, scheduler={"type": "ExponentialLR", "gamma": 0.9})
    assert problem.key == "scheduler.per"


def test_items_that_are_no_pairs(build, user_module):
    training = build(data={"source": "dataset", "class": f"{user_module}:Single"})
    with pytest.raises(DataError, match=r"must be \(input, target\)"):
        training.run()


def test_only_datasets_are_called(problems, user_module):
    (problem,) = problems(data={"source": "dataset", "class": f"{user_module}:make"})
    assert "no subclass of torch.utils.data" in problem.found


def test_a_users_dataset_made_up(build):
    like = {"input": {"shape": [5, 3]}, "target": {"shape": [5, 2]}}
    data = {"source": "dataset", "class": "not.there:Rows", "synthetic": True, "like": like}
    assert "not.there:Rows" in build(data=data).synthetic
