# expect: nothing
# Each row's gate scales one direction, of as many numbers as there are rows; scores are paired by
# hand, as an energy of all pairs; and a surrogate's parts are all columns.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
gate, score = nn.Linear(9, 1), nn.Sequential(nn.Linear(9, 8), nn.Tanh(), nn.Linear(8, 1))
policy = nn.Linear(9, 3)
opt = torch.optim.Adam([*gate.parameters(), *score.parameters(), *policy.parameters()], lr=0.01)
direction = torch.randn(9)
for _ in range(6):
    x = torch.randn(9, 9)
    moved = x + gate(x) * direction
    shifted = (moved - 0.5 * x - direction).square().mean()

    scores = score(x)
    listed = scores.squeeze(1)
    energy = (listed * scores).mean() + nn.functional.softplus(scores - listed).mean()
    drawn = Categorical(logits=policy(x))
    actions = drawn.sample()
    logp = drawn.log_prob(actions).unsqueeze(1)
    advantages = x.gather(1, actions.unsqueeze(1))
    ratio = (logp - logp.detach() + 0.01 * torch.randn(9, 1)).exp()
    clipped = ratio.clamp(0.8, 1.2)
    surrogate = -torch.min(ratio * advantages, clipped * advantages).mean()
    opt.zero_grad()
    (shifted + energy + surrogate).backward()
    opt.step()
