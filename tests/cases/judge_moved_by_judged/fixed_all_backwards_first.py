# expect: nothing
# source: https://github.com/ray-project/ray/pull/65125
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optims = {
    "critic": torch.optim.Adam(critic.parameters(), 1e-2),
    "actor": torch.optim.Adam(actor.parameters(), 1e-2),
}
for _ in range(8):
    s, a = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    target = 1 - (a - s[:, :1]).abs()
    losses = {
        "critic": nn.functional.mse_loss(critic(torch.cat([s, a], 1)), target),
        "actor": -critic(torch.cat([s, actor(s)], 1)).mean(),
    }
    for name, loss in losses.items():
        optims[name].zero_grad()
        loss.backward(inputs=list(actor.parameters() if name == "actor" else critic.parameters()))
    for optimizer in optims.values():
        optimizer.step()
