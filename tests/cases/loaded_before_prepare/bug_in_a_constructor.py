# expect: BT587
# needs: accelerate
# source: github.com/X-GenGroup/Flow-Factory, issue 172: load_state before prepare
import tempfile

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].sin().sum(1, keepdim=True)


class Policy:
    def __init__(self, accelerator, checkpoint):
        self.accelerator = accelerator
        self.net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
        if checkpoint is not None:
            self.restore(checkpoint)

    def restore(self, checkpoint):
        print("resuming from", checkpoint)
        self.accelerator.load_state(checkpoint)


class Learner:
    def __init__(self, checkpoint=None):
        self.accelerator = Accelerator(cpu=True)
        self.policy = Policy(self.accelerator, checkpoint)
        self.prepare()

    def prepare(self):
        optimizer = torch.optim.Adam(self.policy.net.parameters(), lr=0.01)
        loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
        self.policy.net, self.optimizer, self.loader = self.accelerator.prepare(
            self.policy.net, optimizer, loader
        )

    def learn(self, epochs):
        for _ in range(epochs):
            for inputs, targets in self.loader:
                loss = nn.functional.mse_loss(self.policy.net(inputs), targets)
                self.accelerator.backward(loss)
                self.optimizer.step()
                self.optimizer.zero_grad()


with tempfile.TemporaryDirectory() as folder:
    first = Learner()
    first.learn(2)
    first.accelerator.save_state(folder)
    Learner(checkpoint=folder).learn(2)
