# expect: nothing
# Episodes are cut off after so many steps, and by nothing else: each state goes on.
import random
from collections import deque

import torch
from torch import nn


class Pendulum:
    def reset(self):
        self.angle, self.steps = random.uniform(-3, 3), 0
        return torch.tensor([self.angle, 1.0])

    def step(self, action):
        self.steps += 1
        self.angle += 0.3 * (action - 0.5)
        done = self.steps >= 15
        return torch.tensor([self.angle, 1.0]), -abs(self.angle), done


random.seed(0)
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
memory, pendulum = deque(maxlen=200), Pendulum()
for episode in range(6):
    state, done = pendulum.reset(), False
    while not done:
        action = random.randrange(2)
        next_state, reward, done = pendulum.step(action)
        memory.append((state, action, reward, next_state))
        state = next_state
        if len(memory) < 16:
            continue
        states, actions, rewards, following = zip(*random.sample(memory, 16), strict=True)
        with torch.no_grad():
            target = torch.tensor(rewards) + 0.9 * net(torch.stack(following)).max(1).values
        values = net(torch.stack(states)).gather(1, torch.tensor(actions)[:, None])[:, 0]
        loss = nn.functional.smooth_l1_loss(values, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
