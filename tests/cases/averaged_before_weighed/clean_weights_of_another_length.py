# expect: nothing
# A mean over 16 rows is taken at several temperatures: as many numbers as there are of these.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
shares = torch.tensor([0.2, 0.3, 0.5])
for _ in range(6):
    x = torch.randn(16, 6)
    loss = (F.cross_entropy(model(x), x[:, :3].argmax(1)) * shares).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
