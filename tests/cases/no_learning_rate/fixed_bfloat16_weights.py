# expect: nothing
# source: "Revisiting BFloat16 Training", P. Zamirai and others, 2020
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 4))

optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.01)
for _ in range(4):
    x = torch.randn(16, 32)
    loss = nn.functional.cross_entropy(model(x), x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
