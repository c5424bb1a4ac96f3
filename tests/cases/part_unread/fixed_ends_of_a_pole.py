# expect: nothing
import random

import torch
from torch import nn


def env_step(state, action):
    angle, speed = state.tolist()
    speed += 0.1 * angle + (0.08 if action else -0.08)
    angle += speed
    fell = abs(angle) > 1
    return torch.tensor([angle, speed]), 1.0, fell


random.seed(0)
torch.manual_seed(0)
q = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
frozen = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
frozen.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=0.01)
replay, s = [], torch.zeros(2)
for frame in range(120):
    a = random.randrange(2)
    s2, r, done = env_step(s, a)
    replay.append((s, a, r, s2, float(done)))
    s = s2
    if done:
        s = torch.zeros(2)
        print("fell at", frame)
    if len(replay) < 32:
        continue
    states, actions, rewards, after, ends = zip(*random.sample(replay, 32), strict=True)
    with torch.no_grad():
        best = frozen(torch.stack(after)).max(1).values
        goal = torch.tensor(rewards) + 0.95 * best * (1 - torch.tensor(ends))
    said = q(torch.stack(states)).gather(1, torch.tensor(actions)[:, None])[:, 0]
    loss = nn.functional.mse_loss(said, goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if frame % 20 == 0:
        frozen.load_state_dict(q.state_dict())
