"""The next value of a series from its past, in normalised numbers; a run that is taken up again."""

import io

import torch
import torch.nn.functional as F
from torch import nn

PAST = 16


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(1, 24, batch_first=True)
        self.hidden = nn.Linear(24, 24)
        self.head = nn.Linear(24, 1)

    def forward(self, past):
        states, _ = self.rnn(past)
        return self.head(torch.relu(self.hidden(states[:, -1]))).squeeze(1)


torch.manual_seed(0)
time = torch.arange(400.0)
series = 50 + 10 * torch.sin(time / 3) + 4 * torch.sin(time / 7) + torch.randn(400)
mean, spread = series[:320].mean(), series[:320].std()
series = (series - mean) / spread
pieces = series.unfold(0, PAST + 1, 1)
past, following = pieces[:300, :PAST, None], pieces[:300, PAST]
file = io.BytesIO()
for run in range(2):
    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    if run > 0:
        file.seek(0)
        saved = torch.load(file)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    for epoch in range(4):
        for rows in torch.randperm(300).split(30):
            loss = F.mse_loss(model(past[rows]), following[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    file = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
