# expect: BT575 at update 1
# source: github.com/qfettes/DeepRL-Tutorials, issue 1: rewards of n steps, and a value discounted once
import copy
import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
GAMMA, MULTI_STEP = 0.95, 4


def draw_episode(length=24):
    states = torch.randn(length + 1, 3)
    actions = torch.randint(0, 2, (length,))
    rewards = (states[:-1, 0] * (2 * actions - 1)).tolist()
    return states, actions, rewards


def fold(episode):
    """Make rows of a few steps each: a state, its action, what was earned, where it led."""
    states, actions, rewards = episode
    window, rows = [], []
    for t, reward in enumerate(rewards):
        window.append((states[t], actions[t], reward))
        if len(window) < MULTI_STEP:
            continue
        total = sum(GAMMA**k * step[2] for k, step in enumerate(window))
        first = window.pop(0)
        rows.append((first[0], first[1], total, states[t + 1], float(t < len(rewards) - 1)))
    return rows


q_net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 2))
target_net = copy.deepcopy(q_net)
optimizer = torch.optim.Adam(q_net.parameters(), lr=1e-3)
memory = [row for _ in range(30) for row in fold(draw_episode())]
for update in range(80):
    batch = random.sample(memory, 48)
    state, action, reward, next_state, mask = (list(each) for each in zip(*batch))
    reward, mask = torch.tensor(reward)[:, None], torch.tensor(mask)[:, None]
    with torch.no_grad():
        best = target_net(torch.stack(next_state)).max(1, keepdim=True)[0]
        expected = reward + GAMMA * best * mask
    taken = q_net(torch.stack(state)).gather(1, torch.stack(action)[:, None])
    loss = nn.functional.mse_loss(taken, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if update % 20 == 19:
        target_net.load_state_dict(q_net.state_dict())
