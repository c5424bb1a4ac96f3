"""With which id rows begin twice, where the target is the next one."""

from __future__ import annotations

import torch

from backtrace.recording.kernels.row_starts import find_start


def test_rows_begin_twice_with_the_id_that_their_target_begins_with():
    ids = torch.tensor([[9, 9, 1, 2], [9, 9, 3, 4]])
    assert find_start(ids, ids.roll(-1, 1)) == 9
    assert find_start(ids, ids[:, 1:]) == 9


def test_one_row_that_begins_otherwise_or_goes_on_with_it_is_enough_for_none():
    for second in ([9, 5, 3, 4], [9, 9, 9, 4], [8, 8, 3, 4]):
        ids = torch.tensor([[9, 9, 1, 2], second])
        assert find_start(ids, ids[:, 1:]) is None


def test_a_first_place_that_is_not_scored_tells_nothing():
    ids = torch.tensor([[9, 9, 1, 2], [9, 9, 3, 4]])
    target = ids[:, 1:].clone()
    target[1, 0] = -100
    assert find_start(ids, target) is None
