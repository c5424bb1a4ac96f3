# expect: BT417 at update 1
# source: github.com/IBM/TabFormer, pull request 14: the batch stands where time is expected
# A value for each time: the loss has as many as there are rows times steps.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Forecaster(nn.Module):
    def __init__(self, features=3, size=16):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(features, size, num_layers=2), nn.Linear(size, 1)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.fc(states)


def train(model, loader, epochs):
    optimizer, loss_fn = torch.optim.Adam(model.parameters(), lr=1e-3), nn.MSELoss()
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()


torch.manual_seed(0)
x = torch.randn(150, 24, 3)
data = TensorDataset(x, x.cumsum(1)[..., :1])
train(Forecaster(), DataLoader(data, batch_size=32, shuffle=True), epochs=2)
