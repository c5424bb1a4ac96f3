# expect: BT461 at update 1
# source: github.com/Unakar/Logic-RL, issue 58 (the divergence from the reference is subtracted)
import copy

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(6, 5)
reference = copy.deepcopy(policy).requires_grad_(False)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)


def chosen(model, states, actions):
    return model(states).log_softmax(-1).gather(-1, actions[:, None]).squeeze(-1)


def divergence_kl(logp, ref_logp):
    gap = ref_logp - logp
    return gap.exp() - gap - 1


for _ in range(6):
    states = torch.randn(64, 6)
    actions = torch.distributions.Categorical(logits=policy(states)).sample()
    advantages = (actions == states[:, :5].argmax(-1)).float() - 0.2
    with torch.no_grad():
        old = chosen(policy, states, actions)
        ref = chosen(reference, states, actions)
    for _ in range(2):
        logp = chosen(policy, states, actions)
        ratio = (logp - old).exp()
        gains = torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages)
        kl = divergence_kl(logp, ref).mean()
        loss = -gains.mean()
        loss = loss - 0.1 * kl
        opt.zero_grad()
        loss.backward()
        opt.step()
