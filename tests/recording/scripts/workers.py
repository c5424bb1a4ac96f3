"""A DataLoader with worker processes, and a class of the script's own that travels to them."""

import hashlib

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 16

    def __getitem__(self, i):
        x = torch.full((2,), float(i) / 16)
        # What a worker computes by itself is nobody's business.
        w = torch.ones(2, requires_grad=True)
        (w * x).sum().backward()
        return x, (w.grad**2).sum().reshape(1)


if __name__ == "__main__":
    torch.manual_seed(11)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in DataLoader(Squares(), batch_size=4, num_workers=2):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        print(loss.item())
    state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
    print(hashlib.sha256(state).hexdigest())
