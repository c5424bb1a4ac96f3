# expect: BT545 at update 1
# source: https://github.com/sash-a/CoDeepNEAT/issues/2
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def test(model, test_loader):
    model.eval()
    total_acc = 0
    with torch.no_grad():
        for batch_idx, (inputs, targets) in enumerate(test_loader):
            said = model(inputs).argmax(dim=1)
            total_acc += (said == targets).float().mean().item()
    return total_acc / batch_idx


def train(model, train_loader, optimizer):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()


def main():
    torch.manual_seed(0)
    x = torch.randn(300, 4)
    y = (x[:, 0] * 2 + x[:, 3] > 0).long()
    train_loader = DataLoader(TensorDataset(x[:200], y[:200]), batch_size=25, shuffle=True)
    test_loader = DataLoader(TensorDataset(x[200:], y[200:]), batch_size=25)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(4):
        train(model, train_loader, optimizer)
        print(epoch, test(model, test_loader))


main()
