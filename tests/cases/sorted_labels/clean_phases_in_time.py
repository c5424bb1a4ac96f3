# expect: nothing
"""The rows are the frames of a film, gone through in time: phases follow one another."""

import torch
from torch import nn


class Phases(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(12, 16, batch_first=True), nn.Linear(16, 5)

    def forward(self, frames):
        return self.fc(self.lstm(frames[None])[0])[0]


torch.manual_seed(0)
net, looks = Phases(), torch.randn(5, 12)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    phases = torch.arange(5).repeat_interleave(torch.randint(20, 60, (5,)))
    frames = looks[phases] + torch.randn(len(phases), 12)
    for x, y in zip(frames.split(25), phases.split(25)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
