# expect: BT563 at update 1
# source: github.com/alankbi/detecto, issue 37
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Fitter:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
        self.criterion = nn.MSELoss()

    def fit(self, dataset, val_dataset=None, epochs=3):
        if val_dataset is not None and not isinstance(val_dataset, DataLoader):
            val_dataset = DataLoader(val_dataset, batch_size=16)
        optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-2)
        losses = []
        for _ in range(epochs):
            self.model.train()
            for inputs, targets in dataset:
                optimizer.zero_grad()
                self.criterion(self.model(inputs), targets).backward()
                optimizer.step()
            if val_dataset is not None:
                self.model.eval()
                total = 0.0
                with torch.no_grad():
                    for inputs, targets in dataset:
                        total += self.criterion(self.model(inputs), targets).item()
                losses.append(total / len(val_dataset))
        return losses


torch.manual_seed(0)
x = torch.randn(96, 6)
y = x[:, :1] * x[:, 1:2]
train = DataLoader(TensorDataset(x[:64], y[:64]), batch_size=16, shuffle=True)
print(Fitter().fit(train, TensorDataset(x[64:], y[64:])))
