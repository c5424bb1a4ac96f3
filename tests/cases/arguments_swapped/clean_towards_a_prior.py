# expect: nothing
# The divergence of what an encoder says from a uniform prior: the prior is the input, as it must be.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
encoder, decoder = nn.Linear(10, 5), nn.Linear(5, 10)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
prior = torch.full((5,), 0.2)
for _ in range(16):
    x = torch.randn(32, 10)
    code = encoder(x).softmax(1)
    from_prior = F.kl_div(prior.log().expand(32, 5), code, reduction="batchmean")
    loss = F.mse_loss(decoder(code), x) + from_prior
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
