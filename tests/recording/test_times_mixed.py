"""States and actions of two times in a critic's target: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.times_mixed import find_times_mixed
from backtrace.recording.source.source_file import read_scopes

_DDPG = """
next_action = actor(next_state)
target_q = critic(state, next_action)
target = reward + gamma * target_q
"""
_INLINE = "y = r + gamma * q_target(s, pi(s2))\n"
_SOFT = """
dist = self.policy(batch.next_obs)
action = dist.rsample()
value = torch.min(self.q1(batch.obs, action), self.q2(batch.obs, action))
return_ = rewards + self.gamma * (value - alpha * dist.log_prob(action))
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_DDPG, ["next_state"]),
        (_DDPG.replace("critic(state, next_action)", "critic(torch.cat([state, next_action], 1))"),
         ["next_state"]),
        (_DDPG.replace("actor(next_state)", "(actor(next_state) + noise).clamp(-1, 1)"),
         ["next_state"]),
        (_DDPG.replace("actor(next_state)", "actor(state)").replace("c(state", "c(next_state"),
         ["state"]),
        (_DDPG.replace("critic(state", "critic(next_state"), []),
        (_DDPG.replace("critic(state", "critic(other_state"), []),
        (_DDPG.replace("gamma * ", ""), []),
        (_DDPG.replace("gamma", "0.99"), ["next_state"]),
        (_DDPG.replace("gamma", "0.5"), []),
        (_DDPG.replace("critic", "model"), []),
        (_DDPG.replace("target_q", "state = next_state\ntarget_q", 1), []),
        (_DDPG.replace("target_q", "next_state = norm(next_state)\ntarget_q", 1), ["next_state"]),
        (_DDPG + "next_action = actor(state)\n", []),
        (_DDPG.replace("next_action =", "next_action = actor(state)\nnext_action ="), []),
        (_INLINE, ["s2"]),
        (_INLINE.replace("s2", "s_"), ["s_"]),
        (_INLINE.replace("(s,", "(s2,"), []),
        (_SOFT, ["batch.next_obs"]),
        (_SOFT.replace("batch.obs", "other.obs"), []),
    ],
)  # fmt: skip
def test_values_of_a_state_and_an_action_of_two_times(tmp_path, text, wanted):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    assert [each.beside for scope in scopes for each in find_times_mixed(scope)] == wanted
