"""What the source of a script says of a temperature that only some similarities get."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.losses.part_scaled import find_part_scaled
from backtrace.recording.source.source_file import read_scopes

PAIRS = 'near = torch.einsum("nc,nc->n", [q, k]).unsqueeze(-1)\nfar = q @ queue\n'
LOSS = "\nloss = F.cross_entropy(logits, y)"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (PAIRS + "logits = torch.cat([near, far / temperature], 1)" + LOSS, ["near"]),
        (PAIRS + "far /= self.T\nlogits = torch.cat([near, far], 1)" + LOSS, ["near"]),
        (PAIRS + "far.div_(tau)\nlogits = torch.cat([near, far], 1)" + LOSS, ["near"]),
        (PAIRS + "loss = F.cross_entropy(torch.cat([near, far / 0.07], 1), y)", ["near"]),
        (PAIRS + "logits = torch.cat([near, far], 1) / temperature" + LOSS, []),
        (PAIRS + "logits = torch.cat([near, far], 1)\nlogits /= T" + LOSS, []),
        (PAIRS + "logits = torch.cat([near / T, far / T], 1)" + LOSS, []),
        (PAIRS + "logits = torch.cat([near, far / T], 1)\nloss = ce(logits / T, y)", []),
        ("q = q / temperature\n" + PAIRS + "logits = torch.cat([near, far], 1)" + LOSS, []),
        (PAIRS + "logits = torch.cat([given, far / T], 1)" + LOSS, []),  # it may be scaled
        (PAIRS + "logits = torch.cat([near, far / T], 1)\nloss = net(logits)", []),
        (PAIRS + "near = near.T\nlogits = torch.cat([near, far], 1)" + LOSS, []),
    ],
)
def test_a_temperature_of_some_similarities(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    found = [each.name for s in read_scopes(str(path)) for each in find_part_scaled(s)]
    assert found == wanted
