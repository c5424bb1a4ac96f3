# expect: BT461 at update 1
# source: "Neural Combinatorial Optimization with Reinforcement Learning", I. Bello and others, 2017,
# with the baseline before the cost, and the sign as it was
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy, critic = nn.Linear(4, 3), nn.Linear(4, 1)
parameters = [*policy.parameters(), *critic.parameters()]
opt = torch.optim.SGD(parameters, lr=0.05)
for _ in range(6):
    state = torch.randn(16, 4)
    dist = Categorical(logits=policy(state))
    action = dist.sample()
    cost = state.gather(1, action[:, None]).squeeze(1)
    value = critic(state).squeeze(1)
    advantage = value.detach() - cost
    loss = (advantage * dist.log_prob(action)).mean() + (value - cost).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
