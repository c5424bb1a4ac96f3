# expect: nothing
# A part that is never trained keeps the dropout that it was published with, in evaluation mode.
import torch
from torch import nn

torch.manual_seed(3)
body = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Dropout(0.9)).eval().requires_grad_(False)
head = nn.Linear(32, 3)
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(32, 8)
    loss = nn.functional.cross_entropy(head(body(x)), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
