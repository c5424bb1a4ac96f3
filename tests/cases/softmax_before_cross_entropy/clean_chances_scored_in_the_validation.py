# expect: nothing
# The validation takes chances for what needs them, and their logarithm for its loss.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x, held = torch.randn(96, 6), torch.randn(48, 6)
for epoch in range(4):
    model.train()
    for rows in torch.randperm(96).split(32):
        loss = F.cross_entropy(model(x[rows]), x[rows, :4].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        shares = torch.softmax(model(held), dim=1)
        y = held[:, :4].argmax(1)
        brier = F.mse_loss(shares, F.one_hot(y, 4).float())
        print(F.nll_loss(shares.log(), y), F.cross_entropy(shares.log(), y), brier)
