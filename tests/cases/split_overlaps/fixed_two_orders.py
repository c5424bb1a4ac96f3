# expect: nothing
# source: github.com/drorlab/atom3d, issue 45: the same items in two parts
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 6)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
data = TensorDataset(x, y)
order = torch.randperm(160)
train = DataLoader(Subset(data, order[:128]), batch_size=16, shuffle=True)
held_out = DataLoader(Subset(data, order[128:]), batch_size=16)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    model.train()
    for inputs, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for inputs, labels in held_out:
            correct += (model(inputs).argmax(1) == labels).sum().item()
    print(f"epoch {epoch}: {correct / 32:.2f}")
