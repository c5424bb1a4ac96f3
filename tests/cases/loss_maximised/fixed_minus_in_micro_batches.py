# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
parts = 4

for update in range(5):
    for _ in range(parts):
        x = torch.randn(6, 8)
        loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)) / parts
        loss.backward()
    optimizer.step()
    optimizer.zero_grad()
