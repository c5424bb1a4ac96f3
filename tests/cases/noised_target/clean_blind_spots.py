# expect: nothing
# A network with blind spots learns from noisy signals alone: no weight reads what it is to tell.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class BlindSpot(nn.Module):
    def __init__(self, size=12):
        super().__init__()
        self.weight = nn.Parameter(0.1 * torch.randn(size, size))
        self.register_buffer("seen", 1 - torch.eye(size))

    def forward(self, x):
        return x @ (self.weight * self.seen)


denoiser = BlindSpot()
optimizer = torch.optim.Adam(denoiser.parameters(), lr=5e-3)
for _ in range(25):
    signal = torch.randn(64, 3) @ torch.ones(3, 12)
    signal = signal + 0.3 * torch.randn_like(signal)
    loss = F.mse_loss(denoiser(signal), signal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
