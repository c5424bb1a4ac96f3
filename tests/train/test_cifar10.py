"""CIFAR-10's binary version, from made-up files: nothing is downloaded."""

import io
import tarfile

import numpy
import pytest
import torch
from config_parts import layer

from backtrace.errors import DataError

RECORD = 3073
NAMES = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]


def records(first, count=3):
    """Return rows whose label and first pixel tell which they are."""
    rows = numpy.zeros((count, RECORD), dtype=numpy.uint8)
    rows[:, 0] = first
    rows[:, 1] = 255
    rows[:, 2] = 51
    rows[:, 1 + 1024] = numpy.arange(count)
    return rows.tobytes()


FILES = {name: records(label) for label, name in enumerate(NAMES)}


@pytest.fixture
def load(build):
    def _load(**more):
        return build(
            model=[layer("Flatten"), layer("Linear", 3072, 10)],
            loss={"a": {"loss": {"type": "CrossEntropyLoss"}}},
            data={"source": "cifar10", **more},
        )

    return _load


def write_folder(folder, files=FILES):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_archive(path, files=FILES):
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def check_train(training):
    x, y = training.batches.first()
    assert x.shape == (15, 3, 32, 32)
    assert x.dtype == torch.float32
    assert y.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert x[0, 0, 0, :3].tolist() == pytest.approx([1, 0.2, 0])
    assert (x[:3, 1, 0, 0] * 255).tolist() == pytest.approx([0, 1, 2])
    assert training.synthetic == ""
    training.run()


def test_from_its_folder(load, tmp_path):
    write_folder(tmp_path / "data" / "cifar-10-batches-bin")
    check_train(load())
    assert load(split="test").batches.first()[1].tolist() == [5] * 3
    assert load(rows=4).batches.first()[1].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("name", ["cifar.tar.gz", "cifar.tar"])
def test_from_its_archive(load, tmp_path, name):
    write_archive(tmp_path / name, dict(reversed(FILES.items())))
    check_train(load(path=name))
    assert load(path=name, rows=4).batches.first()[1].tolist() == [0, 0, 0, 1]
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_the_archive_beside_where_the_folder_would_be(load, tmp_path):
    (tmp_path / "data").mkdir()
    write_archive(tmp_path / "data" / "cifar-10-binary.tar.gz")
    check_train(load())


def test_missing(load, tmp_path):
    with pytest.raises(DataError) as caught:
        load()
    text = str(caught.value)
    assert str(tmp_path / "data" / "cifar-10-batches-bin") in text
    for told in ("cifar-10-binary.tar.gz", "University of", "--synthetic", "data.path"):
        assert told in text


def test_the_pickled_version_is_recognized(load, tmp_path):
    write_folder(tmp_path / "py", {"data_batch_1": b"pickle"})
    with pytest.raises(DataError, match="Python version"):
        load(path="py")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({**FILES, "data_batch_2.bin": b"short"}, "5 bytes, no multiple of the 3,073"),
        ({**FILES, "data_batch_2.bin": b""}, "0 bytes"),
        ({**FILES, "data_batch_1.bin": records(77)}, "label 77"),
        ({k: v for k, v in FILES.items() if "3" not in k}, "data_batch_3.bin"),
    ],
)
@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_damaged(load, tmp_path, files, found, kind):
    place = tmp_path / ("cifar" if kind == "folder" else "cifar.tar")
    (write_folder if kind == "folder" else write_archive)(place, files)
    with pytest.raises(DataError, match=found):
        load(path=place.name)


@pytest.mark.parametrize("keep", [100, 600])
def test_a_download_that_broke_off(load, tmp_path, keep):
    place = tmp_path / "cifar.tar.gz"
    noise = numpy.random.default_rng(0).integers(0, 10, 5 * RECORD, dtype=numpy.uint8).tobytes()
    write_archive(place, dict.fromkeys(NAMES, noise))
    place.write_bytes(place.read_bytes()[:keep])
    with pytest.raises(DataError, match="cannot be read as an archive"):
        load(path=place.name)


def test_synthetic(load):
    training = load(synthetic=True)
    x, y = training.batches.first()
    assert x.shape == (1000, 3, 32, 32)
    assert 0 <= x.min() < x.max() < 1
    assert y.dtype == torch.int64
    assert training.synthetic == "The 1,000 images and labels are random numbers, not CIFAR-10."
    assert load(synthetic=True, rows=7).rows == 7
