# expect: nothing
# A target that is renewed once in ten episodes, in a run of nine, each of many updates.
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Agent:
    def __init__(self):
        self.q = nn.Linear(4, 2)
        self.q_target = copy.deepcopy(self.q)
        self.optimizer = torch.optim.SGD(self.q.parameters(), lr=0.05)

    def learn(self):
        state, following, action = torch.randn(8, 4), torch.randn(8, 4), torch.randint(2, (8, 1))
        with torch.no_grad():
            wanted = state.sum(1) + 0.9 * self.q_target(following).max(1).values
        loss = nn.functional.mse_loss(self.q(state).gather(1, action).squeeze(1), wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


agent = Agent()
for episode in range(1, 10):
    for _ in range(35):
        agent.learn()
        if episode % 10 == 0:
            agent.q_target.load_state_dict(agent.q.state_dict())
