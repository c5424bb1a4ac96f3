# expect: nothing
# The reference stays what it was; the target is renewed as it should.
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Agent:
    def __init__(self, every=15):
        self.q = nn.Linear(4, 2)
        self.q_target = copy.deepcopy(self.q)
        self.reference = copy.deepcopy(self.q).eval()
        self.optimizer = torch.optim.SGD(self.q.parameters(), lr=0.05)
        self.every = every
        self.steps = 0

    def learn(self):
        self.steps += 1
        state, following, action = torch.randn(8, 4), torch.randn(8, 4), torch.randint(2, (8, 1))
        with torch.no_grad():
            wanted = state.sum(1) + 0.9 * self.q_target(following).max(1).values
        loss = nn.functional.mse_loss(self.q(state).gather(1, action).squeeze(1), wanted)
        with torch.no_grad():
            before = self.reference(state)
        loss = loss + 0.01 * (self.q(state) - before).square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.steps % self.every == 0:
            self.q_target.load_state_dict(self.q.state_dict())


agent = Agent()
for _ in range(310):
    agent.learn()
