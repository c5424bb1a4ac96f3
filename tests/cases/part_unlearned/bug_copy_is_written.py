# expect: BT602 at update 3
# source: https://elanapearl.github.io/blog/2025/the-bug-that-taught-me-pytorch/
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(6, 3), nn.Linear(3, 6)


class Faulty(torch.optim.Adam):
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                where = p if p.is_contiguous() else p.contiguous()
                where.sub_(group["lr"] * p.grad)


encoder.weight.data = encoder.weight.data.t().contiguous().t()
optimizer = Faulty([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for step in range(20):
    x = torch.randn(8, 6)
    optimizer.zero_grad()
    nn.functional.mse_loss(decoder(encoder(x)), x).backward()
    optimizer.step()
