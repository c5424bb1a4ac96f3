# expect: BT310 at update 6
# line: strict=False
# source: torch.nn.Module.named_parameters: buffers are not among them
import torch
from torch import nn

torch.manual_seed(0)


def make():
    return nn.Sequential(
        nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Flatten(), nn.Linear(24, 1)
    )


model = make()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(5):
    x = torch.randn(16, 2, 8) * 3 + 1
    loss = nn.functional.mse_loss(model(x), x.mean((1, 2))[:, None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
kept = {name: tensor.clone() for name, tensor in model.named_parameters()}
again = make()
again.load_state_dict(kept, strict=False)
again.eval()
with torch.no_grad():
    print(again(x).mean())
