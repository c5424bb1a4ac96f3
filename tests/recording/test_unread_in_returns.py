"""Ends of episodes beside a sum from the last reward to the first: read from files never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.unread_in_returns import find_unread_in_returns
from backtrace.recording.source.source_file import read_scopes

_SUM = "    for r in reversed(rewards):\n        total = r + gamma * total\n        print(total)\n"
_DEEP = _SUM.replace("    ", "        ")
_GIVEN = f"def f(rewards, dones, gamma=0.9):\n{_SUM}"
_LOOP = (
    "for t in range(9):\n    obs, r, done, _ = env.step(act(obs))\n    rewards.append(r)\n"
    "    dones.append(done)\n"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_GIVEN, ["dones"]),
        (_GIVEN.replace("gamma * total", "0.99 * total"), ["dones"]),
        (_GIVEN.replace("gamma * total", "gamma * total * (1 - dones[r])"), []),
        (_GIVEN.replace("gamma * total", "discounts[r] * total"), []),
        (_GIVEN.replace("reversed(rewards)", "rewards"), []),
        (_GIVEN.replace("dones,", "dones=None,"), []),
        (_GIVEN.replace("dones,", "_dones,"), []),
        (_GIVEN.replace("dones,", "dones, truncated,") + "    return truncated\n", []),
        (_GIVEN + "    del dones\n", []),
        (_GIVEN + "while not done:\n    step()\n", []),  # one episode at a time
        (_GIVEN + "if done:\n    break_off()\n", ["dones"]),
        (_GIVEN + "for t in x:\n    if done:\n        break\n", []),
        (_GIVEN + "for t in x:\n    if done:\n        f(r, d)\n        env.reset()\n", []),
        (_GIVEN + "for t in x:\n    if done:\n        env.reset()\n", ["dones"]),
        (f"class A(Base):\n    def g(self, rewards, dones):\n{_DEEP}", []),
        (f"def f(all_rewards, dones, gamma=0.9):\n    for rewards in all_rewards:\n"
         f"{_DEEP}", []),
        ("def f(b):\n    for r, d in zip(reversed(b.rewards), reversed(b.dones)):\n"
         "        total = r + g * total\n", ["d"]),
        ("def f(b):\n    for r, d in zip(reversed(b.rewards), reversed(b.dones)):\n"
         "        total = r + d * total\n", []),
        (_LOOP + "    obs = env.reset() if done else obs\n" + _SUM.replace("\n    ", "\n")[4:],
         ["dones"]),
        (_LOOP + "    if done:\n        break\n" + _SUM.replace("\n    ", "\n")[4:], []),
        (_LOOP + _SUM.replace("\n    ", "\n")[4:], []),
    ],
)  # fmt: skip
def test_ends_that_a_sum_of_rewards_leaves_out(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.name for scope in scopes for each in find_unread_in_returns(scope)] == wanted
