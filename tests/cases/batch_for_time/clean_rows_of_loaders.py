# expect: nothing
# Time first, as it should be; rows of a table that attend to each other, and columns too; and
# stocks beside each other in a loader that goes through time.
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, TensorDataset


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.fc = nn.GRU(3, 8), nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(self.rnn(x)[0])


class RowsAndColumns(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.fc = nn.Linear(3, 8), nn.Linear(8, 3)
        self.columns = nn.MultiheadAttention(8, 2, batch_first=True)
        self.rows = nn.MultiheadAttention(8, 2)

    def forward(self, x):
        h = self.up(x)
        h = h + self.columns(h, h, h)[0]
        return self.fc(h + self.rows(h, h, h)[0])


def train(model, loader):
    optimizer, loss_fn = torch.optim.Adam(model.parameters(), lr=1e-3), nn.MSELoss()
    for (x,) in loader:
        loss = loss_fn(model(x)[:-1], x[1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def stack(series):
    return (pad_sequence(series),)


torch.manual_seed(0)
series = [torch.randn(n, 3) for n in torch.randint(5, 16, (84,)).tolist()]
train(Forecaster(), DataLoader(series, batch_size=14, shuffle=True, collate_fn=stack))
table = TensorDataset(torch.randn(84, 5, 3))
train(RowsAndColumns(), DataLoader(table, batch_size=14, shuffle=True))
train(Forecaster(), DataLoader(table, batch_size=14))
