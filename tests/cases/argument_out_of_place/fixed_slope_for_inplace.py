# expect: nothing
# source: github.com/PantoMatrix/PantoMatrix, issue 52: nn.LeakyReLU(inplace=True) should be inplace=True
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 1, 20)
y = x.abs().mean(2)


def block(channels_in, channels_out):
    return [nn.Conv1d(channels_in, channels_out, 3, padding=1), nn.LeakyReLU(inplace=True)]


model = nn.Sequential(*block(1, 8), *block(8, 8), nn.Flatten(), nn.Linear(160, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for start in range(0, 96, 16):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()
