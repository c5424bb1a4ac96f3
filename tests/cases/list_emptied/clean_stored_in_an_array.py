# expect: nothing
# An array of the memory's own takes the numbers over; and a state that is a number is never shared.
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Line:
    def reset(self):
        self.place, self.speed = np.zeros(2, dtype=np.float32), rng.uniform(-1, 1)
        return self.place

    def step(self, action):
        self.speed += 0.1 * (action - 0.5)
        self.place += np.float32(self.speed)
        return self.place, float(action == (self.place[0] < 0))


class Memory:
    def __init__(self, size):
        self.states, self.actions = np.zeros((size, 2), np.float32), np.zeros(size, np.int64)
        self.rewards, self.at = np.zeros(size, np.float32), 0

    def add(self, state, action, reward):
        self.states[self.at] = state
        self.actions[self.at] = action
        self.rewards[self.at] = reward
        self.at = (self.at + 1) % len(self.states)


env, memory = Line(), Memory(64)
net = nn.Linear(2, 2)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
state = env.reset()
for step in range(64):
    action = int(rng.integers(2))
    following, reward = env.step(action)
    memory.add(following, action, reward)
for _ in range(10):
    chosen = torch.from_numpy(rng.integers(64, size=16))
    states = torch.from_numpy(memory.states)[chosen]
    actions = torch.from_numpy(memory.actions)[chosen]
    rewards = torch.from_numpy(memory.rewards)[chosen]
    values = net(states).gather(1, actions[:, None]).squeeze(1)
    loss = nn.functional.mse_loss(values, rewards)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
