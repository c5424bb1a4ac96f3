# expect: BT214 at update 3
# source: github.com/thesouther/MARL, issue 8: the target is loaded from itself
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F


class DoubleDQN:
    def __init__(self, model):
        self.policy_net = model.to("cpu")
        self.target_net = copy.deepcopy(model)
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.optimizer = torch.optim.Adam(self.policy_net.parameters(), lr=5e-3)
        self.updates = 0

    def update(self, state, action, reward, following):
        q = self.policy_net(state).gather(1, action)
        with torch.no_grad():
            best = self.policy_net(following).argmax(1, keepdim=True)
            expected = reward + 0.9 * self.target_net(following).gather(1, best)
        self.optimizer.zero_grad()
        F.mse_loss(q, expected).backward()
        self.optimizer.step()
        self.updates += 1
        if self.updates % 3 == 0:
            self.target_net.load_state_dict(self.target_net.state_dict())


torch.manual_seed(0)
agent = DoubleDQN(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)))
for _ in range(7):
    action, reward = torch.randint(0, 2, (32, 1)), torch.randn(32, 1)
    agent.update(torch.randn(32, 4), action, reward, torch.randn(32, 4))
