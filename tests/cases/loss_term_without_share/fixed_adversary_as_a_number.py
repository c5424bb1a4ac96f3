# expect: nothing
# source: https://github.com/guopengf/FL-MRCM/issues/10
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

torch.manual_seed(0)
encoder, head, critic = nn.Linear(6, 4), nn.Linear(4, 3), nn.Linear(4, 1)
opt = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-2)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-2)
for _ in range(8):
    xs, xt, ys = torch.randn(16, 6), torch.randn(16, 6) + 1, torch.randint(0, 3, (16,))
    hs, ht = encoder(xs), encoder(xt)
    task = nn.functional.cross_entropy(head(hs), ys)
    ds, dt = critic(hs), critic(ht)
    fool = bce(ds, torch.zeros_like(ds)) + bce(dt, torch.ones_like(dt))
    opt.zero_grad()
    (task + 0.5 * fool).backward()
    opt.step()
    ds, dt = critic(hs.detach()), critic(ht.detach())
    opt_d.zero_grad()
    (bce(ds, torch.ones_like(ds)) + bce(dt, torch.zeros_like(dt))).backward()
    opt_d.step()
