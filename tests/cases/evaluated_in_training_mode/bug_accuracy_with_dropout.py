# expect: BT314 at update 7
# source: torch.nn.Module.eval, PyTorch documentation
# The share of right answers is counted while dropout is on.
import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
held = torch.randn(64, 6)
for step in range(14):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 6 == 5:
        with torch.no_grad():
            print((model(held).argmax(1) == held[:, :3].argmax(1)).float().mean().item())
