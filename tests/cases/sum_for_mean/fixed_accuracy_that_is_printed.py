# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 5)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def evaluate():
    accuracy, batches = 0.0, 0
    with torch.no_grad():
        for rows, labels in zip(x[64:].split(8), y[64:].split(8), strict=True):
            accuracy += (model(rows).argmax(1) == labels).float().mean().item()
            batches += 1
    print(f"accuracy {accuracy / batches:.3f}")


for _ in range(3):
    for rows, labels in zip(x[:64].split(16), y[:64].split(16), strict=True):
        loss = nn.functional.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    evaluate()
