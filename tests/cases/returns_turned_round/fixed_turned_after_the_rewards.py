# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Agent:
    def __init__(self, gamma=0.9):
        self.net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=0.01)
        self.gamma = gamma

    def learn(self, states, rewards, actions):
        total, returns = 0.0, []
        rewards.reverse()
        for reward in rewards:
            total = reward + self.gamma * total
            returns.append(total)
        returns.reverse()
        returns = torch.tensor(returns)
        log_probs = F.log_softmax(self.net(torch.stack(states)), dim=-1)
        chosen = log_probs.gather(1, torch.tensor(actions).unsqueeze(1)).squeeze(1)
        loss = -(chosen * returns).sum()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
agent = Agent()
for _ in range(6):
    states = [torch.randn(4) for _ in range(8)]
    actions = [int(torch.randint(3, ())) for _ in states]
    rewards = [float(state[action]) for state, action in zip(states, actions)]
    agent.learn(states, rewards, actions)
