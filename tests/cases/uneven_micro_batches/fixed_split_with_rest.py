# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
micro = 4
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()


def update(x, y):
    """One large batch in pieces that fit into memory."""
    optimizer.zero_grad()
    pieces = list(zip(x.split(micro), y.split(micro)))
    for piece_x, piece_y in pieces:
        loss = criterion(model(piece_x), piece_y) * len(piece_x) / len(x)
        loss.backward()
    optimizer.step()


for _ in range(4):
    x = torch.randn(10, 6)
    update(x, x[:, :3].argmax(1))
