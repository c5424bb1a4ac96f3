# expect: nothing
import random

import torch
from torch import nn


class Drift:
    def reset(self):
        self.state, self.moves = torch.rand(3) - 0.5, 0
        return self._observe()

    def _observe(self):
        return self.state.clone()

    def step(self, action):
        self.state += 0.1 * torch.randn(3) + 0.05 * (action - 1)
        self.moves += 1
        return self._observe(), -float(self.state.abs().sum()), self.moves >= 20


class ReplayBuffer:
    def __init__(self, capacity):
        self.capacity, self.data = capacity, []

    def push(self, *transition):
        self.data.append(transition)
        if len(self.data) > self.capacity:
            self.data.pop(0)

    def sample(self, count):
        states, actions, rewards, nexts, dones = zip(*random.sample(self.data, count), strict=True)
        return (
            torch.stack(states),
            torch.tensor(actions)[:, None],
            torch.tensor(rewards),
            torch.stack(nexts),
            torch.tensor(dones).float(),
        )


def train(net, target, buffer, optimizer, gamma=0.95):
    states, actions, rewards, nexts, dones = buffer.sample(16)
    values = net(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        wanted = rewards + gamma * target(nexts).amax(1) * (1 - dones)
    loss = (values - wanted).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def main():
    random.seed(0)
    torch.manual_seed(0)
    env, buffer = Drift(), ReplayBuffer(500)
    net, target = nn.Linear(3, 3), nn.Linear(3, 3)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-2)
    for _ in range(4):
        state, done = env.reset(), False
        while not done:
            action = random.randrange(3)
            following, reward, done = env.step(action)
            buffer.push(state, action, reward, following, done)
            state = following
            if len(buffer.data) > 16:
                train(net, target, buffer, optimizer)
        target.load_state_dict(net.state_dict())


main()
