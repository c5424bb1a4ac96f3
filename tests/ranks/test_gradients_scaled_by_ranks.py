"""BT710 on made ranks: a weight of the loss's own is told from a share of the number of ranks."""

from __future__ import annotations

import pytest

from backtrace.diagnose.rank_rules.gradient_scaled_by_ranks import RULE
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate

ADDED = (0.25, -0.75, 1.0)  # by each rank


def make_ranks(size: int, factor: float, read: float, *, is_product: bool) -> list[RankRun]:
    """Return ranks whose steps read `read` times the mean of what they added."""
    mean = sum(ADDED[:size]) / size
    return [
        RankRun(
            rank=rank,
            updates=[
                RankUpdate(
                    number=number, optimizer="sgd", where="train.py:9", reduced=frozenset({"w"}),
                    factors=[factor * (1 + 1e-7 * rank)], is_product=is_product,
                    added={"w": ADDED[rank]}, read={"w": read * mean},
                )
                for number in (1, 2)
            ],
        )
        for rank in range(size)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "factor", "read", "is_product", "is_found"),
    [
        (3, 1.0, 3, False, True),  # summed
        (3, 1.0, 1, False, False),
        (3, 0.5, 3, True, True),  # summed, of half a squared error
        (3, 0.5, 1, True, False),
        (3, 1 / 3, 3, False, False),  # loss / world, and summed
        (3, 1 / 3, 1, False, True),  # loss / world, and the mean taken
        (2, 0.5, 1, False, True),
        (2, 0.5, 1, True, False),  # 0.5 * loss may be either
        (2, 0.5, 2, True, False),
        (2, 2.0, 1, True, True),  # loss * world, and the mean taken
    ],
)
def test_a_weight_of_the_loss_is_no_share_of_the_ranks(size, factor, read, is_product, is_found):
    runs = make_ranks(size, factor, read, is_product=is_product)
    assert [each.code for each in RULE.check_ranks(runs)] == ["BT710"] * is_found


def test_a_sum_may_be_meant_where_ranks_have_layers_of_their_own():
    runs = make_ranks(2, 1.0, 2, is_product=False)
    assert [each.code for each in RULE.check_ranks(runs)] == ["BT710"]
    for run in runs:
        for update in run.updates:
            update.unreduced = frozenset({"up"})
    assert list(RULE.check_ranks(runs)) == []
