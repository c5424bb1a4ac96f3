# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class RunningMean:
    def __init__(self):
        self.total, self.count = 0.0, 0

    def loss_update(self, value):
        self.total, self.count = self.total + value, self.count + 1
        return self.total / self.count


def validate(model, criterion, val_loader):
    model.eval()
    mean = RunningMean()
    with torch.no_grad():
        for mels, targets in val_loader:
            val_loss = mean.loss_update(criterion(model(mels), targets).item())
    return val_loss


def main():
    torch.manual_seed(0)
    mels = torch.randn(180, 8)
    targets = mels.cumsum(1)[:, ::2]
    train_set = TensorDataset(mels[:120], targets[:120])
    val_set = TensorDataset(mels[120:], targets[120:])
    train_loader = DataLoader(train_set, batch_size=20, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=20)
    model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 4))
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        model.train()
        for batch, wanted in train_loader:
            loss = criterion(model(batch), wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, validate(model, criterion, val_loader))


main()
