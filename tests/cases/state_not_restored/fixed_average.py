# expect: nothing
import tempfile
from pathlib import Path

import torch
from torch import nn


class Trainer:
    def __init__(self, folder):
        self.model = nn.Linear(6, 2)
        self.average = torch.optim.swa_utils.AveragedModel(self.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-2)
        self.path = Path(folder, "checkpoint.pt")
        self.start = 0

    def save(self, step):
        states = {
            "step": step,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(states, self.path)

    def resume(self):
        states = torch.load(self.path)
        self.model.load_state_dict(states["model"])
        self.average.load_state_dict(states["average"])
        self.optimizer.load_state_dict(states["optimizer"])
        self.start = states["step"]

    def run(self, steps):
        for step in range(self.start, steps):
            x = torch.randn(16, 6)
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(x), (x[:, 0] > 0).long()).backward()
            self.optimizer.step()
            self.average.update_parameters(self.model)
            self.save(step + 1)


torch.manual_seed(1)
folder = tempfile.mkdtemp()
Trainer(folder).run(4)
second = Trainer(folder)
second.resume()
second.run(8)
