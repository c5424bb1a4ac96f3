# expect: nothing
# The head keeps its own rate, while that of the body falls.
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD(
    [{"params": body.parameters(), "lr": 0.01}, {"params": head.parameters(), "lr": 0.1}]
)
for it in range(20):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True)).backward()
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.01 * 0.9**it
