"""Sums of advantages that go on past the ends of episodes: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.sums_past_ends import find_sums_past_ends
from backtrace.recording.source.source_file import read_scopes

_ON = "    obs, r, done, _ = envs.step(act(obs))\n"
_LOOP = f"""
for t in range(9):
{_ON}
for t in reversed(range(9)):
    delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
    gae = delta + gamma * lam * gae
    advantages[t] = gae
"""
_BACK = "for t in reversed(range(9)):\n"
_OVER = _LOOP.replace("envs.", "env.") + "if done:\n    obs = env.reset()\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_LOOP, ["gae"]),
        (_OVER, ["gae"]),
        (_LOOP.replace("envs.", "self.envs."), ["gae"]),
        (_LOOP.replace("(1 - dones[t])", "masks[t]"), ["gae"]),
        (_LOOP.replace("= gae", "= last").replace("gae =", "advantages[t] = last =").replace(
            "* gae", "* last"), ["last"]),
        (_LOOP.replace("values[t + 1] * (1 - dones[t])", "(0 if dones[t] else values[t + 1])"),
         ["gae"]),
        (_LOOP.replace("envs.", "env."), []),  # nobody knows how it collects
        (_OVER + "    if bad:\n        pass\nwhile not done:\n    step()\n", []),
        (_LOOP.replace("envs.", "env.") + "if done:\n    break\n", []),
        (_LOOP.replace(" * (1 - dones[t])", ""), []),  # BT445 where they are unread
        (_LOOP.replace("* gae", "* (1 - dones[t]) * gae"), []),
        (_LOOP.replace("    delta", "    if dones[t]:\n        gae = 0\n    delta"), []),
        (_LOOP + "    gae = gae * (1 - dones[t])\n", []),
        (_LOOP + "    gae *= masks[t]\n", []),
        (_LOOP.replace("    delta", "    gamma = 0.9 * masks[t]\n    delta"), []),
        (_LOOP.replace("gamma * lam * gae", "gamma * lam * going[t] * gae"), []),
        (_LOOP.replace("gamma * lam * gae", "discounts[t] * gae"), []),
        (_LOOP.replace("delta + gamma * lam * gae", "torch.where(ends[t], d, d + gae)"), []),
        (_LOOP.replace("reversed(range(9))", "range(9)"), []),
        (_LOOP.replace(_BACK, "for path in paths:\n  for t in path[::-1]:\n"), []),
        (_LOOP.replace(_BACK, "for e in range(4):\n  for t in a[::-1]:\n"), ["gae"]),
    ],
)  # fmt: skip
def test_sums_that_are_carried_over_ends(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.name for scope in scopes for each in find_sums_past_ends(scope)] == wanted
