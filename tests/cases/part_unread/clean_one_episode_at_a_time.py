# expect: nothing
# Ends are kept, and no sum needs them: each goes over one episode, which was left where it ended.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)


class Agent:
    def __init__(self):
        self.policy = nn.Linear(4, 2)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=3e-3)
        self.rewards, self.chosen, self.dones = [], [], []

    def returns_of(self, rewards, dones, gamma=0.99):
        total, returns = 0.0, []
        for reward in reversed(rewards):
            total = reward + gamma * total
            returns.insert(0, total)
        return torch.tensor(returns)

    def learn(self):
        returns = self.returns_of(self.rewards, self.dones)
        loss = -(torch.stack(self.chosen) * (returns - returns.mean())).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.rewards, self.chosen, self.dones = [], [], []


agent = Agent()
for _ in range(8):
    state, done = torch.randn(4), False
    while not done:
        choice = Categorical(logits=agent.policy(state))
        action = choice.sample()
        agent.chosen.append(choice.log_prob(action))
        agent.rewards.append(float((action == 1) == (state[0] > 0)))
        done = len(agent.rewards) >= 12
        agent.dones.append(done)
        state = torch.randn(4)
    agent.learn()
