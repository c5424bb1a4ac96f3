# expect: BT445 at update 1
# source: github.com/navneet-nmk/pytorch-rl, issue 2
import copy
import random
from collections import namedtuple

import torch
from torch import nn

Transition = namedtuple("Transition", "state action reward next_state done")


def learn(online, target, optimizer, memory):
    batch = Transition(*zip(*random.sample(memory, 32), strict=True))
    with torch.no_grad():
        following = target(torch.stack(batch.next_state)).amax(1)
    wanted = torch.tensor(batch.reward) + 0.9 * following
    chosen = torch.tensor(batch.action)[:, None]
    values = online(torch.stack(batch.state)).gather(1, chosen).squeeze(1)
    loss = nn.functional.smooth_l1_loss(values, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


torch.manual_seed(0)
random.seed(0)
memory = []
for _ in range(200):
    here = torch.rand(2)
    there = (here + 0.2 * torch.rand(2)).clamp(max=1)
    is_out = bool(there.amax() == 1)
    memory.append(Transition(here, random.randrange(2), float(is_out), there, is_out))
online = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=0.01)
for step in range(40):
    learn(online, target, optimizer, memory)
    if step % 10 == 9:
        target.load_state_dict(online.state_dict())
