# expect: nothing
# A rate that a function reads, one that goes into each group, an average that is kept to be told.
import random

import torch
from torch import nn

torch.manual_seed(0)
chance = random.Random(0)
epsilon, smoothed_weight = 1.0, 0.0
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def choose(state):
    if chance.random() < epsilon:
        return torch.randint(0, 2, (len(state),))
    return model(state).argmax(1)


for at in range(10):
    states = torch.randn(16, 4)
    actions = choose(states)
    rewards = (actions == (states[:, 0] > 0)).float()
    taken = model(states).gather(1, actions[:, None]).squeeze(1)
    loss = nn.functional.mse_loss(taken, rewards)
    optimizer.zero_grad()
    loss.backward()
    lr = 0.05 * 0.9**at
    optimizer.param_groups[0]["lr"] = lr
    optimizer.step()
    epsilon = max(0.1, epsilon * 0.9)
    smoothed_weight = 0.9 * smoothed_weight + 0.1 * model.weight.norm().item()
    print(f"{at} {epsilon:.2f} {smoothed_weight:.3f}")
