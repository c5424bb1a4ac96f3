"""An LSTM over (batch, time, features), read at the last time."""

import torch
import torch.nn.functional as F
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, clips):
        states, _ = self.lstm(clips)
        return self.head(states[:, -1, :])


torch.manual_seed(0)
clips = torch.randn(320, 9, 6)
labels = (clips[:, :4, 0].sum(1) > 0).long()
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(3):
    for rows in torch.randperm(320).split(32):
        loss = F.cross_entropy(model(clips[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
