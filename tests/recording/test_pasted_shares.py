"""What the source says of images that are pasted into others, and of the targets' weights."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.pasted_shares import find_pasted_shares
from backtrace.recording.source.source_file import read_scopes


def _kinds(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [found.kind for scope in read_scopes(str(path)) for found in find_pasted_shares(scope)]


LOOP = """for x, y in loader:
    order = torch.randperm(len(x))
    x1, x2, y1, y2 = box(x.shape, lam)
    {paste}
    {share}
    out = model(x)
    loss = {loss}
    loss.backward()
"""
PASTE = "x[:, :, x1:x2, y1:y2] = x[order, :, x1:x2, y1:y2]"
SHARE = "lam = (x2 - x1) * (y2 - y1) / (32 * 32)"
LEFT = "lam = 1 - ((x2 - x1) * (y2 - y1) / (x.size(-1) * x.size(-2)))"
FIRST = "lam * ce(out, y) + (1 - lam) * ce(out, y[order])"
LAST = "ce(out, y) * (1. - lam) + ce(out, y[order]) * lam"


@pytest.mark.parametrize(
    ("paste", "share", "loss", "wanted"),
    [
        (PASTE, SHARE, FIRST, "share-pasted"),
        (PASTE, LEFT, LAST, "share-left"),
        (PASTE, "area = (x2 - x1) * (y2 - y1)\n    lam = area / 1024", FIRST, "share-pasted"),
        (PASTE, f"{LEFT}\n    lam = 1 - lam", FIRST, "share-pasted"),
        (PASTE, f"{SHARE}\n    y_b = y[order]", FIRST.replace("y[order]", "y_b"), "share-pasted"),
        (PASTE, SHARE, "F.soft(out, lam * y + (1 - lam) * y[order])", "share-pasted"),
        (PASTE, SHARE, LAST, ""),
        (PASTE, LEFT, FIRST, ""),
        (PASTE, f"{SHARE}\n    lam = 1 - lam", FIRST, ""),
        (PASTE, "lam = beta.sample()", FIRST, ""),
        (PASTE, SHARE, f"({FIRST}) if left else ({LAST})", ""),  # as well as rightly
        # A part of the first image is kept: its share is that of its own targets.
        ("z = x[order]\n    z[:, :, x1:x2, y1:y2] = x[:, :, x1:x2, y1:y2]", SHARE, FIRST, ""),
        ("x[:, :, x1:x2, y1:y2] = 0", SHARE, FIRST, ""),
        (PASTE, "lam = (x2 - x1) / 32", FIRST, ""),
        (PASTE, SHARE, "lam * ce(out, y) + (1 - lam) * kl(out, teacher)", ""),
    ],
)
def test_weights_of_what_was_pasted_in_a_loop(tmp_path, paste, share, loss, wanted):
    text = LOOP.format(paste=paste, share=share, loss=loss)
    assert _kinds(tmp_path, text) == ([wanted] if wanted else [])


HELPER = """def cutmix(x, y):
    w, h = int(width * cut), int(height * cut)
    order = np.random.permutation(len(x))
    y_a, y_b = y, y[order]
    x[..., t:t + h, l:l + w] = x[order][..., t:t + h, l:l + w]
    lam = {share}
    return x, {returned}

def mixed_loss(criterion, out, a, b, weight):
    return {loss}

for x, y in loader:
    x, one, other, lam = cutmix(x, y)
    loss = mixed_loss(ce, model(x), one, other, lam)
    loss.backward()
"""


@pytest.mark.parametrize(
    ("share", "returned", "loss", "wanted"),
    [
        ("w * h / (width * height)", "y_a, y_b, lam", 1, "share-pasted"),
        ("1 - w * h / (width * height)", "y_a, y_b, 1 - lam", 1, "share-left"),
        ("w * h / (width * height)", "y_b, y_a, lam", 1, ""),
        ("w * h / (width * height)", "y_a, y_b, lam", 0, ""),
        ("w * h / (width * height)", "y_a, y_b, 1 - lam", 1, ""),
        ("1 - w * h / (width * height)", "y_a, y_b, lam", 1, ""),
    ],
)
def test_weights_that_a_function_hands_out(tmp_path, share, returned, loss, wanted):
    losses = (
        "(1 - weight) * criterion(out, a) + weight * criterion(out, b)",
        "weight * criterion(out, a) + (1 - weight) * criterion(out, b)",
    )
    text = HELPER.format(share=share, returned=returned, loss=losses[loss])
    assert _kinds(tmp_path, text) == ([wanted] if wanted else [])
