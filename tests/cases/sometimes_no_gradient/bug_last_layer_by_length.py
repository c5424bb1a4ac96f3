# expect: BT111
# source: discuss.pytorch.org, "Parameter .grad is None in some iterations": a branch on the batch's size
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Pooler(nn.Module):
    def __init__(self, width=10):
        super().__init__()
        self.project = nn.Linear(4, width)
        self.attend = nn.Linear(width, 1)
        self.score = nn.Linear(width, 1)

    def forward(self, x):
        h = torch.tanh(self.project(x))
        if len(x) == 8:
            h = h * torch.softmax(self.attend(h), dim=0) * len(x)
        return self.score(h)


model = Pooler()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(20, 4)
for epoch in range(2):
    for xb, yb in DataLoader(TensorDataset(x, x[:, :1]), batch_size=8):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
