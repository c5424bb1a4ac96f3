# expect: BT458 at update 1
# source: github.com/google-deepmind/dm_control, issue 34
import random
from collections import deque

import numpy as np
import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class GridEnv:
    def __init__(self, size=5):
        self.size = size
        self.obs = np.zeros(2, dtype=np.float32)

    def reset(self):
        self.obs[:], self.moves = 0, 0
        return self.obs

    def step(self, action):
        moved = [(0, 1), (1, 0), (0, -1), (-1, 0)][action]
        self.obs[0] = min(max(self.obs[0] + moved[0], 0), self.size - 1)
        self.obs[1] = min(max(self.obs[1] + moved[1], 0), self.size - 1)
        self.moves += 1
        done = bool((self.obs == self.size - 1).all()) or self.moves > 40
        return self.obs, 1.0 if done else -0.01, done, {}


q, target = nn.Linear(2, 4), nn.Linear(2, 4)
target.load_state_dict(q.state_dict())
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
memory, env = deque(maxlen=1000), GridEnv()
s = env.reset()
for step in range(80):
    a = random.randrange(4)
    if random.random() > 0.3:
        with torch.no_grad():
            a = q(torch.tensor(s)[None]).argmax(1).item()
    s2, r, done, _ = env.step(a)
    memory.append((s, a, r, s2, done))
    s = env.reset() if done else s2
    if len(memory) >= 32:
        states, actions, rewards, nexts, dones = zip(*random.sample(memory, 32), strict=True)
        with torch.no_grad():
            best = target(torch.tensor(np.array(nexts))).max(1)[0]
            wanted = torch.tensor(rewards) + 0.99 * best * (1 - torch.tensor(dones).float())
        values = q(torch.tensor(np.array(states))).gather(1, torch.tensor(actions)[:, None])
        loss = nn.functional.smooth_l1_loss(values.squeeze(1), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if step % 50 == 0:
        target.load_state_dict(q.state_dict())
