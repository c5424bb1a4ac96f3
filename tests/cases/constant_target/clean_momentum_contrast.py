# expect: nothing
import copy

import torch
import torch.nn.functional as F

torch.manual_seed(0)
encoder = torch.nn.Linear(10, 6)
momentum_encoder = copy.deepcopy(encoder).requires_grad_(False)
queue = F.normalize(torch.randn(32, 6), dim=1)
opt = torch.optim.SGD(encoder.parameters(), lr=0.03, momentum=0.9)
for _ in range(5):
    x = torch.randn(8, 10)
    q = F.normalize(encoder(x + 0.1 * torch.randn_like(x)), dim=1)
    with torch.no_grad():
        for a, b in zip(momentum_encoder.parameters(), encoder.parameters()):
            a.mul_(0.99).add_(b, alpha=0.01)
        k = F.normalize(momentum_encoder(x), dim=1)
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], dim=1) / 0.07
    loss = F.cross_entropy(logits, torch.zeros(8, dtype=torch.long))
    opt.zero_grad()
    loss.backward()
    opt.step()
    queue = torch.cat([k, queue])[:32]
