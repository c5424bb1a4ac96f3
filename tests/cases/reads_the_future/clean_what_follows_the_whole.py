# expect: nothing
# The last states of both directions tell what follows: none of what was read is asked for.
import torch
from torch import nn

torch.manual_seed(0)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True, bidirectional=True)
        self.head = nn.Linear(32, 1)

    def forward(self, series):
        return self.head(self.rnn(series)[1].transpose(0, 1).flatten(1))


series = torch.sin(0.3 * torch.arange(400.0)) + 0.1 * torch.randn(400)
starts = torch.randint(0, 380, (128,))
inputs = torch.stack([series[i : i + 16] for i in starts]).unsqueeze(2)
targets = series[starts + 16].unsqueeze(1)
model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for x, y in zip(inputs.split(32), targets.split(32), strict=True):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
