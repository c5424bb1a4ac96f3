# expect: nothing
import io

import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.02)
        self.held = torch.randn(64, 5)

    def learn(self):
        inputs = torch.randn(16, 5)
        loss = (self.net(inputs) - inputs[:, :1]).abs().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def judge(self):
        with torch.no_grad():
            return (self.net(self.held) - self.held[:, :1]).abs().mean().item()

    def save(self, state):
        file = io.BytesIO()
        torch.save(state, file)
        return file

    def fit(self):
        best, best_state = float("inf"), None
        for _ in range(8):
            for _ in range(4):
                self.learn()
            error = self.judge()
            if error < best:
                best = error
                best_state = self.net.state_dict()
                file = self.save(best_state)
        return file, len(best_state)


torch.manual_seed(0)
Trainer().fit()
