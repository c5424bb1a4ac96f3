# expect: BT445 at update 1
# source: github.com/navneet-nmk/pytorch-rl, issue 2
import random
from collections import deque

import numpy as np
import torch
from torch import nn


class Corridor:
    """Walk to the right end; the left one is a pit."""

    def reset(self):
        self.place, self.taken = 3, 0
        return self._seen()

    def _seen(self):
        return np.array([self.place / 6, 1.0], dtype=np.float32)

    def step(self, action):
        self.taken += 1
        self.place += 1 if action else -1
        done = self.place in (0, 6) or self.taken >= 20
        return self._seen(), 1.0 if self.place == 6 else -0.1, done


class Agent:
    def __init__(self):
        self.memory = deque(maxlen=500)
        self.net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.01)

    def act(self, state):
        if random.random() < 0.3:
            return random.randrange(2)
        with torch.no_grad():
            return self.net(torch.from_numpy(state)).argmax().item()

    def learn(self):
        states, actions, rewards, following = zip(*random.sample(self.memory, 16), strict=True)
        with torch.no_grad():
            best = self.net(torch.from_numpy(np.stack(following))).amax(1)
        wanted = torch.tensor(rewards) + 0.9 * best
        chosen = torch.tensor(actions)[:, None]
        values = self.net(torch.from_numpy(np.stack(states))).gather(1, chosen).squeeze(1)
        loss = nn.functional.smooth_l1_loss(values, wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


random.seed(1)
torch.manual_seed(1)
agent, corridor = Agent(), Corridor()
for episode in range(12):
    state, total = corridor.reset(), 0.0
    while True:
        action = agent.act(state)
        next_state, reward, done = corridor.step(action)
        agent.memory.append((state, action, reward, next_state))
        state, total = next_state, total + reward
        if len(agent.memory) >= 16:
            agent.learn()
        if done:
            break
    print(episode, total)
