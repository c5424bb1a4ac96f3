# expect: BT462 at update 1
# source: github.com/huggingface/diffusers, issue 1864
import torch
from torch import nn

torch.manual_seed(0)
model, shadow = nn.Linear(4, 1), nn.Linear(4, 1)
shadow.load_state_dict(model.state_dict())
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
decay = 0.99
for at in range(8):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    (model(x) - x.sum(1, keepdim=True)).pow(2).mean().backward()
    optimizer.step()
    decay = min((at + 1) / (at + 10), decay)
    with torch.no_grad():
        for kept, new in zip(shadow.parameters(), model.parameters()):
            kept.lerp_(new, 1 - decay)
