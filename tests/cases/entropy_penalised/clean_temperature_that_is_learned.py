# expect: nothing
# The weight of the entropy is learned beside the policy, and its sign is not seen.
import torch
from torch import nn

torch.manual_seed(4)
policy, log_weight = nn.Linear(4, 3), nn.Parameter(torch.zeros(()))
optimizer = torch.optim.Adam([*policy.parameters(), log_weight], lr=1e-3)
for _ in range(6):
    state = torch.randn(32, 4)
    dist = torch.distributions.Categorical(logits=policy(state))
    action, entropy = dist.sample(), dist.entropy().mean()
    reward = (action == state[:, :3].argmax(1)).float() - 0.5
    loss = -(dist.log_prob(action) * reward).mean() - log_weight.exp().detach() * entropy
    loss = loss + log_weight.exp() * (entropy.detach() - 0.5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
