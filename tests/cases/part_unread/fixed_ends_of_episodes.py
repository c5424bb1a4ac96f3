# expect: nothing
import random

import torch
from torch import nn

torch.manual_seed(0)
chance = random.Random(0)


class Memory:
    def __init__(self):
        self.rows = []

    def sample(self, size):
        columns = zip(*chance.sample(self.rows, size), strict=True)
        states, actions, rewards, after, ends = map(torch.stack, columns)
        return states, actions, rewards, after, ends


memory = Memory()
for at in range(200):
    place = at % 5
    state, after = torch.eye(6)[place], torch.eye(6)[place + 1]
    end = torch.tensor(float(place == 4))
    memory.rows.append((state, torch.tensor(at % 2), end, after, end))
values = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
slow = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
slow.load_state_dict(values.state_dict())
optimizer = torch.optim.Adam(values.parameters(), lr=1e-2)


def train():
    states, actions, rewards, next_states, dones = memory.sample(32)
    taken = values(states).gather(1, actions[:, None]).squeeze(1)
    with torch.no_grad():
        ahead = slow(next_states).max(1).values
    loss = nn.functional.smooth_l1_loss(taken, rewards + 0.9 * ahead * (1 - dones))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for update in range(12):
    train()
    if update % 4 == 3:
        slow.load_state_dict(values.state_dict())
