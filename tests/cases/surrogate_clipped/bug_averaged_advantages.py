# expect: BT613
# source: github.com/Omegastick/pytorch-cpp-rl, issue 14
import torch
from torch import nn
from torch.distributions import Normal


def policy_loss(log_probs, old_log_probs, adv, clip=0.2):
    ratio = (log_probs - old_log_probs).exp()
    clipped = torch.clamp(ratio, 1.0 - clip, 1.0 + clip)
    return torch.max(-adv.mean() * ratio, -adv * clipped).mean()


torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
for _ in range(4):
    states = torch.randn(64, 3)
    with torch.no_grad():
        acting = Normal(actor(states).squeeze(1), 0.5)
        actions = acting.sample()
        old = acting.log_prob(actions)
    adv = -(actions - states[:, 0]).abs() + 0.5
    for rows in torch.randperm(64).split(32):
        log_probs = Normal(actor(states[rows]).squeeze(1), 0.5).log_prob(actions[rows])
        optimizer.zero_grad()
        policy_loss(log_probs, old[rows], adv[rows]).backward()
        optimizer.step()
