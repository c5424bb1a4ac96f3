# expect: BT601
# source: https://discuss.pytorch.org/t/correctly-generating-multivariate-gaussian-random-variable/166050
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Linear(6, 8)
mean_head, spread_head = nn.Linear(8, 3), nn.Linear(8, 3)
model = nn.ModuleList([body, mean_head, spread_head])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    inputs = torch.randn(32, 6)
    hidden = torch.tanh(body(inputs))
    mean, spread = mean_head(hidden), nn.functional.softplus(spread_head(hidden)) + 1e-3
    logits = torch.normal(mean, spread)
    loss = nn.functional.cross_entropy(logits, inputs[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
