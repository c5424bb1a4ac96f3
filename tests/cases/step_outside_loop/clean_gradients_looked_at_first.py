# expect: nothing
# Gradients are looked at before training starts, those of the inputs between batches.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
norms = []
for inputs, labels in loader:
    nn.functional.cross_entropy(model(inputs), labels).backward()
    norms.append(sum(each.grad.norm() for each in model.parameters()).item())
    optimizer.zero_grad()
for epoch in range(3):
    for inputs, labels in loader:
        loss = nn.functional.cross_entropy(model(inputs), labels, reduction="sum") / len(inputs)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
