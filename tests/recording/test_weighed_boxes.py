"""What the source says of boxes whose images are mixed."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.weighed_boxes import find_weighed_boxes
from backtrace.recording.source.source_file import read_scopes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("image = lam * a + (1 - lam) * b\nrows = torch.cat([lam * boxes, (1 - lam) * boxes2])", 2),
        ("rows = np.vstack((gt_boxes * (1.0 - r), boxes_b * r))\nimage = a * r + b * (1.0 - r)", 1),
        ("image = lam * a + (1 - lam) * b\nrows = torch.cat([boxes, boxes2])", 0),
        ("rows = torch.cat([lam * boxes, (1 - lam) * boxes2])", 0),  # of no mixed image
        (
            "image = lam * a + (1 - lam) * b\n"
            "box_weights = torch.cat([lam * box_weights, (1 - lam) * box_weights2])",
            0,
        ),
        ("image = lam * a + (1 - lam) * b\nw = torch.cat([lam * ones, (1 - lam) * ones2])", 0),
        ("image = lam * a + (1 - lam) * b\nrows = torch.cat([size * boxes, size * boxes2])", 0),
        ("image = lam * a + (1 - lam) * b\nboxes = torch.cat([s * boxes, (1 - s) * boxes2])", 0),
    ],
)
def test_rows_of_boxes_beside_mixed_images(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    lines = [e.line for scope in read_scopes(str(path)) for e in find_weighed_boxes(scope)]
    assert lines == [wanted] * bool(wanted)
