# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
times = torch.linspace(0, 60, 600)
series = torch.sin(times) + 0.1 * torch.randn(600)
windows = series.unfold(0, 24, 4).unsqueeze(-1)
past, future = windows[:, :16], windows[:, 16:]


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 24, batch_first=True)
        self.cell = nn.LSTMCell(1, 24)
        self.head = nn.Linear(24, 1)

    def forward(self, past, future, tf_ratio=0.7):
        _, (h, c) = self.encoder(past)
        h, c, value, said = h[0], c[0], past[:, -1], []
        for t in range(future.size(1)):
            h, c = self.cell(value, (h, c))
            value = self.head(h)
            said.append(value)
            if torch.rand(1).item() < tf_ratio:
                value = future[:, t]
        return torch.stack(said, dim=1)


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.MSELoss()
for epoch in range(15):
    model.train()
    for rows in torch.randperm(120).split(30):
        optimizer.zero_grad()
        loss = criterion(model(past[rows], future[rows]), future[rows])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        said = model(past[120:], future[120:], tf_ratio=0.0)
        error = criterion(said, future[120:]).item()
    print(epoch, error)
