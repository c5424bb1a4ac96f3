# expect: BT203 at update 1
# source: discuss.pytorch.org, "Two optimizers for one model", answers about shared parameters
# also: BT104, BT208
import torch
from torch import nn

torch.manual_seed(0)
model = nn.ModuleDict({"trunk": nn.Linear(5, 10), "pi": nn.Linear(10, 2), "v": nn.Linear(10, 1)})
actor_opt = torch.optim.Adam([*model["trunk"].parameters(), *model["pi"].parameters()], lr=1e-3)
critic_opt = torch.optim.Adam([*model["trunk"].parameters(), *model["v"].parameters()], lr=1e-2)

for _ in range(3):
    obs, ret = torch.randn(16, 5), torch.randn(16)
    h = torch.tanh(model["trunk"](obs))
    dist = torch.distributions.Categorical(logits=model["pi"](h))
    value = model["v"](h).squeeze(-1)
    act = dist.sample()
    advantage = (ret - value).detach()
    loss = -(dist.log_prob(act) * advantage).mean() + (ret - value).pow(2).mean()
    actor_opt.zero_grad()
    critic_opt.zero_grad()
    loss.backward()
    actor_opt.step()
    critic_opt.step()
