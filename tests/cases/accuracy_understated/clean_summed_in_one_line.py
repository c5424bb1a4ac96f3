# expect: nothing
# A sum over a loader of its own, by the names that the loop before it has, too.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 4)
y = (x[:, 0] > 0).long()
train_set, held_out = TensorDataset(x[:120], y[:120]), TensorDataset(x[120:], y[120:])
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for inputs, labels in DataLoader(train_set, batch_size=20, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum(
            (model(inputs).argmax(1) == labels).sum().item()
            for inputs, labels in DataLoader(held_out, batch_size=20)
        )
    print(epoch, right / len(held_out))
