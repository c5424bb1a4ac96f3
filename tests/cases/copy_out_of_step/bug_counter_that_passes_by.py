# expect: BT462 at update 10
# source: https://github.com/shakedzy/tic_tac_toe/issues/1
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Agent:
    def __init__(self, every=10):
        self.q = nn.Linear(4, 2)
        self.q_target = copy.deepcopy(self.q)
        self.optimizer = torch.optim.SGD(self.q.parameters(), lr=0.05)
        self.every = every
        self.steps = 0

    def observe(self):
        self.steps += 1
        if self.steps % 2 == 1:
            self.learn()

    def learn(self):
        state, following, action = torch.randn(8, 4), torch.randn(8, 4), torch.randint(2, (8, 1))
        with torch.no_grad():
            wanted = state.sum(1) + 0.9 * self.q_target(following).max(1).values
        loss = nn.functional.mse_loss(self.q(state).gather(1, action).squeeze(1), wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.steps % self.every == 0:
            self.q_target.load_state_dict(self.q.state_dict())


agent = Agent()
for _ in range(620):
    agent.observe()
