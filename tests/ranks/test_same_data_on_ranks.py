"""BT703 on made ranks: batches that ranks draw alike from the start, or since a resume."""

from __future__ import annotations

import pytest

from backtrace.diagnose.rank_rules.same_data_on_ranks import RULE
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.ledger.rank_facts import WrapperSeen


def make_rank(rank: int, data: str) -> RankRun:
    """Return a rank that drew a batch, named by one letter, in each update."""
    wrapper = WrapperSeen(
        index=0, elapsed=0.0, wrapper="DistributedDataParallel", parameters=("w",)
    )
    run = RankRun(rank=rank, wrappers=[wrapper])
    for number, each in enumerate(data, 1):
        run.add(RankUpdate(number=number, optimizer="sgd", data=[each]))
    return run


@pytest.mark.parametrize(
    ("one", "other", "update"),
    [
        ("abcdef", "abcdef", 1),
        ("abcdef", "ghidef", 4),
        ("abcdef" * 4, "ghijkl" * 3 + "abcdef", 19),  # later than the first updates
        ("abcdef", "ghijef", None),  # two alike may be chance
        ("abcdefg", "hijdefk", None),  # and they part again
        ("abcddd", "efgddd", None),  # one batch over and over
        ("abcdef", "ghijkl", None),
    ],
)
def test_the_update_since_which_ranks_draw_alike_is_told(one, other, update):
    found = list(RULE.check_ranks([make_rank(0, one), make_rank(1, other)]))
    assert [each.update for each in found] == ([] if update is None else [update])
