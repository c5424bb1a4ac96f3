# expect: BT404
# source: torch.nn.NLLLoss, PyTorch documentation
# A likelihood by hand picks the raw scores of the classes.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 6)
    y = x[:, :4].argmax(dim=1)
    scores = model(x)
    loss = -scores[torch.arange(32), y].mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
