# expect: nothing
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

np.random.seed(0)
torch.manual_seed(0)


def simulate(cells, genes=20, kinds=3):
    kind = np.random.randint(0, kinds, cells)
    counts = np.random.randn(cells, genes) + np.eye(kinds, genes)[kind] * 2
    return np.concatenate([counts, kind[:, None]], 1).astype(np.float32)


def split(table, share=0.8):
    size = int(len(table) * share)
    train, held_out = random_split(table, [size, len(table) - size])
    train_table = np.array(train)
    held_out_table = np.array(held_out)
    return (
        TensorDataset(
            torch.from_numpy(train_table[:, :-1]), torch.from_numpy(train_table[:, -1]).long()
        ),
        TensorDataset(
            torch.from_numpy(held_out_table[:, :-1]), torch.from_numpy(held_out_table[:, -1]).long()
        ),
    )


train, held_out = split(simulate(320))
train_loader = DataLoader(train, batch_size=32, shuffle=True)
held_out_loader = DataLoader(held_out, batch_size=64)
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in held_out_loader:
            correct += (model(x).argmax(1) == y).sum().item()
    print(f"epoch {epoch}: {correct / len(held_out):.2f}")
