# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
encoder, head = nn.Linear(8, 16), nn.Linear(16, 1)
slow = torch.optim.Adam(encoder.parameters(), lr=1e-4)
fast = torch.optim.Adam(head.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for x in torch.randn(4, 16, 8):
    slow.zero_grad()
    fast.zero_grad()
    loss = nn.functional.mse_loss(head(torch.tanh(encoder(x))), x[:, :1])
    scaler.scale(loss).backward()
    scaler.step(fast)
    scaler.step(slow)
    scaler.update()
