"""What the source of an agent says of its networks: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.policies.dueling_means import find_dueling_means
from backtrace.recording.source.policies.floored_deviations import find_floored_deviations
from backtrace.recording.source.policies.greedy_values import find_greedy_values
from backtrace.recording.source.source_file import read_scopes

_STD = "\nstd = log_std.exp()"
_LEARN = """def learn(states, actions, rewards, next_states):
    values = net(states).max(1)[0]
    best = target_net(next_states).max(1)[0]
    loss = F.mse_loss(values, rewards + 0.99 * best)
"""


def _found(tmp_path, text, find):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [each.name for scope in read_scopes(str(path)) for each in find(scope)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("value + adv - adv.mean()", ["adv"]),
        ("val + (a - a.mean())", ["a"]),
        ("self.V(x) + self.A(x) - torch.mean(self.A(x))", ["self.A(x)"]),
        ("value.expand(-1, 3) + adv - adv.mean(0, keepdim=True)", ["adv"]),
        ("value + adv - adv.mean(1, keepdim=True)", []),
        ("value + adv - adv.mean(-1, keepdim=True)", []),
        ("value + adv - torch.mean(adv, dim=1, keepdim=True)", []),
        ("value + adv - value.mean()", []),
        ("x + noise - noise.mean()", []),
        ("adv - adv.mean()", []),
        ("value + adv - adv.max()", []),
    ],
)
def test_means_of_a_dueling_network(tmp_path, text, wanted):
    assert (
        _found(tmp_path, f"def forward(self, x):\n    return {text}", find_dueling_means) == wanted
    )


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("log_std = F.relu(head(x))" + _STD, True),
        ("log_std = torch.clamp(F.relu(head(x)), -20, 2)" + _STD, True),
        ("log_var = head(x).relu()\nstd = torch.exp(0.5 * log_var)", True),
        ("std = torch.exp(F.relu(head(x)))", True),
        ("block = nn.Sequential(nn.Linear(3, 2), nn.ReLU())\nlog_std = block(x)" + _STD, True),
        ("log_std = head(F.relu(x))" + _STD, False),
        ("log_std = -F.relu(head(x))" + _STD, False),
        ("log_std = F.relu(head(x)) - 2" + _STD, False),
        ("log_std = F.relu(head(x))\nlog_std = low + span * log_std" + _STD, False),
        ("log_std = F.relu(head(x))\nstd = (log_std - 3).exp()", False),
        ("log_std = F.relu(head(x))\nstd = F.softplus(log_std)", False),
        ("log_var = F.relu(head(x))\nweight = torch.exp(-0.5 * log_var)", False),
        ("weight = torch.exp(F.relu(x))", False),
    ],
)
def test_deviations_behind_a_relu(tmp_path, text, is_found):
    assert bool(_found(tmp_path, text, find_floored_deviations)) is is_found


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("", "", ["net(states).max(1)"]),
        ("max(1)[0]\n    best", "amax(dim=1)\n    best", ["net(states).amax(dim=1)"]),
        ("max(1)[0]\n    best", "gather(1, actions)\n    best", []),
        ("net(states)", "net(next_states)", []),
        ("net(states)", "net(states_)", []),
        ("= net(states)", "= target_net(states)", []),
        ("rewards + 0.99 * best", "best", []),
        ("rewards + 0.99 * best", "rewards", []),
        ("F.mse_loss(values, rewards + 0.99 * best)", "0\n    print(values)", []),
        ("states, actions,", "states,", []),
    ],
)
def test_values_of_the_best_action(tmp_path, old, new, wanted):
    assert _found(tmp_path, _LEARN.replace(old, new, 1), find_greedy_values) == wanted
