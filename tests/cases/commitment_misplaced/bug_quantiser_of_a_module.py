# expect: BT610
# line: loss = torch.mean((z_q.detach() - z) ** 2)
# source: github.com/CompVis/taming-transformers, issue 57
# The weight stands before the term from which the codebook learns.
import torch
from torch import nn


class Quantizer(nn.Module):
    def __init__(self, codes=16, width=4, beta=0.25):
        super().__init__()
        self.embedding, self.beta = nn.Embedding(codes, width), beta

    def forward(self, z):
        nearest = torch.cdist(z, self.embedding.weight).argmin(1)
        z_q = self.embedding(nearest)
        loss = torch.mean((z_q.detach() - z) ** 2) + self.beta * torch.mean((z_q - z.detach()) ** 2)
        return z + (z_q - z).detach(), loss


torch.manual_seed(0)
encoder, decoder, quantizer = nn.Linear(8, 4), nn.Linear(4, 8), Quantizer()
parts = nn.ModuleList([encoder, decoder, quantizer])
optimizer = torch.optim.Adam(parts.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(64, 8)
    code, extra = quantizer(encoder(x))
    loss = nn.functional.mse_loss(decoder(code), x) + extra
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
