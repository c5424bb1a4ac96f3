"""Both versions of CIFAR-10, from made-up files in their exact layout: nothing is downloaded."""

import gzip
import io
import os
import pickle
import struct
import tarfile

import numpy
import pytest
import torch
from config_parts import layer

from backtrace.errors import DataError
from backtrace.train.data import cifar10

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
    for told in (
        "cifar-10-binary.tar.gz",
        "cifar-10-batches-py",
        "cifar-10-python.tar.gz",
        "University of",
        "--synthetic",
        "data.path",
    ):
        assert told in text


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


def pickled(images, labels, title="training batch 1 of 5"):
    """Return a batch as Python 2 wrote the published ones, instruction by instruction."""

    def text(value):
        data = value.encode("latin1") if isinstance(value, str) else value
        return b"U" + bytes([len(data)]) + data if len(data) < 256 else (
            b"T" + struct.pack("<i", len(data)) + data
        )  # fmt: skip

    def number(value):
        return b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value)

    rows, width = images.shape
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x06cnumpy\nndarray\nq\x07K\x00\x85"
        + text("b") + b"\x87Rq\x08(K\x01" + number(rows) + number(width) + b"\x86"
        + b"cnumpy\ndtype\nq\x09" + text("u1") + b"K\x00K\x01\x87Rq\x0a(K\x03" + text("|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + text(images.tobytes()) + b"tb"
    )  # fmt: skip
    names = b"".join(text(f"image_{at}.png") for at in range(rows))
    return (
        b"\x80\x02}q\x01(" + text("batch_label") + text(title)
        + text("labels") + b"](" + b"".join(map(number, labels)) + b"e"
        + text("data") + array + text("filenames") + b"](" + names + b"eu."
    )  # fmt: skip


def images_of(first, count=3):
    return numpy.frombuffer(records(first, count), numpy.uint8).reshape(count, RECORD)[:, 1:]


PYTHON_NAMES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
PICKLED = {name: pickled(images_of(at), [at] * 3) for at, name in enumerate(PYTHON_NAMES)}
PICKLED["batches.meta"] = b"not looked at"


def test_the_made_up_file_is_what_torchvision_reads():
    found = pickle.loads(PICKLED["data_batch_2"], encoding="latin1")  # its own way, in the clear
    assert found["labels"] == [1] * 3
    assert (found["data"] == images_of(1)).all()


def test_the_python_version_from_its_folder(load, tmp_path):
    write_folder(tmp_path / "data" / "cifar-10-batches-py", PICKLED)
    check_train(load())
    assert load(split="test").batches.first()[1].tolist() == [5] * 3
    assert load(rows=4).batches.first()[1].tolist() == [0, 0, 0, 1]


def test_the_root_that_torchvision_was_given(load, tmp_path):
    write_folder(tmp_path / "datasets" / "cifar-10-batches-py", PICKLED)
    check_train(load(path="datasets"))


def test_the_python_version_from_its_archive(load, tmp_path):
    (tmp_path / "data").mkdir()
    write_archive(tmp_path / "data" / "cifar-10-python.tar.gz", PICKLED)
    check_train(load())
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["cifar-10-python.tar.gz"]


def test_pixels_are_those_of_to_tensor_to_the_bit(load, tmp_path):
    values = numpy.resize(numpy.arange(256, dtype=numpy.uint8), (1, 3072))
    batch = pickled(values, [3])
    write_folder(tmp_path / "py", {**PICKLED, "data_batch_1": batch})
    x, _ = load(path="py", rows=1).batches.first()
    image = torch.from_numpy(values.reshape(3, 32, 32))
    assert torch.equal(x[0], image.to(torch.float32).div(255))  # as ToTensor's source has it


def test_an_array_that_was_saved_by_column(load, tmp_path):
    images = images_of(4)
    by_column = pickled(images, [4] * 3).replace(images.tobytes(), images.tobytes(order="F"))
    at = by_column.index(b"K\x00tb\x89") + 4  # False, before the bytes
    by_column = by_column[:at] + b"\x88" + by_column[at + 1 :]
    assert (pickle.loads(by_column, encoding="latin1")["data"] == images).all()
    write_folder(tmp_path / "py", {**PICKLED, "data_batch_1": by_column})
    assert load(path="py", rows=1).batches.first()[0][0, 0, 0, 0] == 1


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harmed",)


def _foreign(**what):
    return pickle.dumps({"data": None, "labels": [1], **what}, protocol=2)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (_foreign(x=Harmful()), "asks for posix.mkdir.*refused"),
        (b"cposix\nsystem\n(S'touch harmed'\ntR.", "refused"),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", "builtins.eval.*refused"),
        (b"\x80\x05\x96\xff\xff\xff\xff\xff\x00\x00\x00.", "damaged"),  # a terabyte to set aside
        (b"\x80\x02cnumpy\nndarray\nJ\xff\xff\xff\x7f\x85R.", "damaged"),
        (PICKLED["data_batch_1"].replace(b"K\x00tb\x89", b"K\x00tb("), "damaged"),
        (_foreign(labels=[11]), "no data and labels"),
        (pickle.dumps([1, 2]), "no data and labels"),
        (pickle.dumps({"data": bytearray(3)}, protocol=2), "refused"),
        (b"", "damaged: it ends too early"),
        (b"\x80\x02V\n.", "damaged: it holds what no such file does"),
        (PICKLED["data_batch_1"][:-2000], "damaged"),
        (pickled(images_of(0), [0, 1]), "does not hold 2 images"),
        (pickled(images_of(0), [0, 1, 12]), "labels that are not numbers from 0 to 9"),
        (pickled(images_of(0)[:, :100], [0] * 3), "does not hold 3 images"),
    ],
)
def test_foreign_pickles_are_refused(load, tmp_path, content, found):
    write_folder(tmp_path / "py", {**PICKLED, "data_batch_1": content})
    with pytest.raises(DataError, match=found):
        load(path="py")
    assert not (tmp_path / "harmed").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused(load, tmp_path):
    with tarfile.open(tmp_path / "cifar.tar", "w") as tar:
        bomb = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
        bomb.size = 2**40
        tar.addfile(bomb)
    with pytest.raises(DataError, match="unpacks to more than"):
        load(path="cifar.tar")


def test_an_archive_of_very_many_files_is_refused(load, tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "_MOST_HEADERS", 20)
    with tarfile.open(tmp_path / "cifar.tar", "w") as tar:
        for at in range(21):
            tar.addfile(tarfile.TarInfo(f"empty/{at}"))
    with pytest.raises(DataError, match="holds more than 20 files: it is not CIFAR-10's"):
        load(path="cifar.tar")


def test_an_archive_of_empty_streams_is_refused(load, tmp_path):
    """Of what follows the first one nothing is read, and all of it was copied each time."""
    (tmp_path / "cifar.tar.gz").write_bytes(gzip.compress(b"") * 300_000)
    with pytest.raises(DataError, match="much of it unpacks to nothing"):
        load(path="cifar.tar.gz")


def member(kind: bytes, size: int, content: bytes = b"") -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT) + content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (member(tarfile.XHDTYPE, 2**33), "unpacks to more than"),
        (member(tarfile.GNUTYPE_LONGNAME, 2**30), "unpacks to more than"),
        (member(tarfile.GNUTYPE_LONGNAME, 0) * 5000, "cannot be read as an archive"),
    ],
    ids=["pax", "long name", "names of names"],
)
def test_what_extends_a_header_is_bounded(load, tmp_path, content, found):
    with gzip.open(tmp_path / "cifar.tar.gz", "wb") as file:
        file.write(content)
    with pytest.raises(DataError, match=found):
        load(path="cifar.tar.gz")
