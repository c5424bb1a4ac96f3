# expect: nothing
# Clients train one model in turn, each on its own rows; a probe has training rows of all of them.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
data = TensorDataset(x, (x[:, 0] + 0.5 * x[:, 1] > 0).long())
clients = [
    DataLoader(Subset(data, range(start, start + 60)), batch_size=20, shuffle=True)
    for start in range(0, 180, 60)
]
probe = DataLoader(Subset(data, torch.randperm(180)[:48]), batch_size=16)
test = DataLoader(Subset(data, range(180, 240)), batch_size=16)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
for turn in range(3):
    for client in clients:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for inputs, labels in client:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
    for name, loader in (("training", probe), ("test", test)):
        with torch.no_grad():
            right = sum((model(a).argmax(1) == b).sum().item() for a, b in loader)
        print(f"turn {turn}, {name}: {right / len(loader.dataset):.2f}")
