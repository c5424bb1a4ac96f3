# expect: BT430 at update 3
# source: torch.optim.SGD, `maximize`, left in from a policy gradient, under a loss of two terms
import torch
from torch import nn

torch.manual_seed(2)
encoder, decoder = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)), nn.Linear(3, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, maximize=True)
for _ in range(6):
    x = torch.randn(24, 8)
    code = encoder(x)
    loss = nn.functional.mse_loss(decoder(code), x) + 0.05 * code.abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
