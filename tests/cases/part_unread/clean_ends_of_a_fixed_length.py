# expect: nothing
"""What an environment says of its end is made a tensor and left; rewards are read in a record."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Step:
    state: torch.Tensor
    reward: torch.Tensor
    next_state: torch.Tensor
    done: torch.Tensor


def move(state):
    return torch.randn(16, 4), state.sum(1), False


def targets_of(step, values):
    ends = [name for name in vars(step) if name == "done"]
    return step.reward + 0.5 * values(step.next_state).squeeze(1), ends


torch.manual_seed(0)
values = nn.Linear(4, 1)
optimizer = torch.optim.SGD(values.parameters(), lr=0.01)
state = torch.randn(16, 4)
for _ in range(20):
    next_state, reward, done = move(state)
    reward, done = reward / 10, torch.tensor(done)
    step = Step(state, reward, next_state, done)
    with torch.no_grad():
        wanted, _ = targets_of(step, values)
    loss = nn.functional.mse_loss(values(state).squeeze(1), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state = next_state
