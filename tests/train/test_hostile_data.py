"""Files of data that are made up to harm give one clear error, whoever's code finds the fault."""

import io
import struct
import zipfile

import numpy
import pytest

from backtrace.errors import DataError

ARRAY = io.BytesIO()
numpy.save(ARRAY, numpy.ones((4, 3)))
UNCLOSED = b"\x93NUMPY\x01\x00" + struct.pack("<H", 9000) + b"(" * 9000
MARKS = ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6))  # where a member's flags stand, then its method


def archive(x):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("x.npy", x)
        made.writestr("y.npy", ARRAY.getvalue())
    return file.getvalue()


def changed(place, value):
    content = bytearray(archive(ARRAY.getvalue()))
    for mark, start in MARKS:
        content[content.find(mark) + start + place] = value
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ARRAY.getvalue(), "it is a single array"),
        (archive(UNCLOSED), "EOF in multi-line statement"),
        (archive(b""), "x is no array"),
        (changed(0, 1), "is encrypted"),
        (changed(2, 99), "method is not supported"),
    ],
)
def test_an_archive_of_arrays(build, tmp_path, content, says):
    (tmp_path / "rows.npz").write_bytes(content)
    with pytest.raises(DataError, match=rf"cannot be read as \.npz: .*{says}"):
        build(data={"source": "npz", "path": "rows.npz", "input": "x", "target": "y"})


def test_numbers_that_torch_only_names(build, tmp_path):
    places = '{"x":{"dtype":"F4","shape":[4,2],"data_offsets":[0,4]},'
    places += '"y":{"dtype":"F32","shape":[4],"data_offsets":[4,20]}}'
    content = struct.pack("<Q", len(places)) + places.encode() + bytes(20)
    (tmp_path / "rows.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=r"torch cannot make .* of .*float4"):
        build(
            data={"source": "safetensors", "path": "rows.safetensors", "input": "x", "target": "y"}
        )
