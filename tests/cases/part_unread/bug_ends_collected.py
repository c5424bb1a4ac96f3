# expect: BT445 at update 1
# source: github.com/navneet-nmk/pytorch-rl, issue 2
import copy
import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
memory = []
for _ in range(200):
    here = random.random()
    there = min(1.0, here + 0.2 * random.random())
    memory.append(
        ([here, 1.0], random.randrange(2), float(there == 1.0), [there, 1.0], there == 1.0)
    )
online = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=0.01)
for step in range(40):
    batch = random.sample(memory, 32)
    states = torch.tensor([each[0] for each in batch])
    actions = torch.tensor([each[1] for each in batch])
    rewards = torch.tensor([each[2] for each in batch])
    next_states = torch.tensor([each[3] for each in batch])
    dones = torch.tensor([each[4] for each in batch]).float()
    with torch.no_grad():
        wanted = rewards + 0.9 * target(next_states).amax(1)
    values = online(states).gather(1, actions[:, None]).squeeze(1)
    loss = nn.functional.smooth_l1_loss(values, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 9:
        target.load_state_dict(online.state_dict())
