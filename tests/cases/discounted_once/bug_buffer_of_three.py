# expect: BT575 at update 1
# source: github.com/qfettes/DeepRL-Tutorials, issue 1: the value after n steps is discounted by gamma alone
import copy
import random
from collections import deque

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)


class Walk:
    """A line of nine places: the right end pays."""

    def reset(self):
        self.place = 4
        return self.look()

    def look(self):
        return nn.functional.one_hot(torch.tensor(self.place), 9).float()

    def step(self, action):
        self.place += 1 if action == 1 else -1
        done = self.place in (0, 8)
        return self.look(), float(self.place == 8) + 0.1 * random.random(), done


class NStepMemory:
    def __init__(self, n_step=3, gamma=0.9):
        self.n_step = n_step
        self.gamma = gamma
        self.recent = deque(maxlen=n_step)
        self.rows = deque(maxlen=2000)

    def store(self, row):
        self.recent.append(row)
        if len(self.recent) == self.n_step or row[4]:
            total, following, done = self.recent[-1][2:]
            for _, _, reward, _, ended in reversed(list(self.recent)[:-1]):
                total = reward + self.gamma * total * (1 - ended)
            self.rows.append((*self.recent[0][:2], total, following, float(done)))
        if row[4]:
            self.recent.clear()

    def sample(self, count):
        states, actions, rewards, following, done = zip(*random.sample(list(self.rows), count))
        states, following = torch.stack(states), torch.stack(following)
        return states, torch.tensor(actions), torch.tensor(rewards), following, torch.tensor(done)


class Agent:
    def __init__(self, gamma=0.9):
        self.gamma = gamma
        self.net = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 2))
        self.target_net = copy.deepcopy(self.net)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def learn(self, states, actions, rewards, next_states, dones):
        with torch.no_grad():
            next_q = self.target_net(next_states).max(1).values
            target = rewards + self.gamma * (1 - dones) * next_q
        q = self.net(states).gather(1, actions[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(q, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


env, agent, memory = Walk(), Agent(), NStepMemory()
state = env.reset()
for step in range(400):
    action = random.randrange(2)
    following, reward, done = env.step(action)
    memory.store((state, action, reward, following, done))
    state = env.reset() if done else following
    if step > 100 and step % 4 == 0:
        agent.learn(*memory.sample(32))
    if step % 40 == 39:
        agent.target_net.load_state_dict(agent.net.state_dict())
