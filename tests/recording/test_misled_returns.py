"""Returns that add up what came before, or that nothing reads: read from files never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.misled_returns import find_misled_returns
from backtrace.recording.source.source_file import read_scopes

_CHANCE = "chance = dist.log_prob(action)\n"
_SUM = "for r in rewards:\n    total = r + gamma * total\n    returns.append(total)\n"
_LOSS = (
    "def f(log_probs, rewards):\n    returns = g(rewards)\n"
    "    loss = -(log_probs * rewards).mean()\n"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_SUM, ["forward-returns"]),
        (_SUM.replace("gamma", "0.99"), ["forward-returns"]),
        (_SUM.replace("rewards:", "rewards[::-1]:"), []),
        ("rewards.reverse()\n" + _SUM, []),
        (_SUM.replace("r +", "0.1 * r +"), []),  # an average that goes on
        (_SUM.replace("gamma * ", ""), []),
        (_SUM.replace("returns", "filtered"), []),
        (_SUM.replace("rewards", "range(9)").replace("r +", "rewards[-r] +"), []),
        (_LOSS, ["unread-returns"]),
        (_LOSS.replace("* rewards", "* rewards.detach()"), ["unread-returns"]),
        (_LOSS + "    print(returns)\n", []),
        (_LOSS + "    return returns\n", []),
        (_LOSS.replace("g(rewards)", "g(states)"), []),
        (_LOSS.replace("returns = g(rewards)", "rewards = g(rewards)"), []),
        (_LOSS.replace("log_probs * rewards", "log_probs * returns"), []),
        (_LOSS.replace("returns", "self.returns"), []),
    ],
)
def test_returns_that_lead_a_policy_astray(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(_CHANCE + text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.kind for scope in scopes for each in find_misled_returns(scope)] == wanted
