# expect: nothing
# Each model is measured by what its own split left out, once all of them are trained.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
data = TensorDataset(x, y)


def train(loader):
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(3):
        for inputs, labels in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
    return model.eval()


kept = []
for _ in range(4):
    order = torch.randperm(96)
    loader = DataLoader(Subset(data, order[:64]), batch_size=16, shuffle=True)
    kept.append((train(loader), DataLoader(Subset(data, order[64:]), batch_size=16)))
for model, left_out in kept:
    with torch.no_grad():
        right = sum((model(a).argmax(1) == b).sum().item() for a, b in left_out)
    print(f"{right / 32:.2f}")
