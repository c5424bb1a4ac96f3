# expect: BT610
# source: github.com/bytedance/1d-tokenizer, pull request 120
# The commitment's cost multiplies the loss of the codebook.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder, decoder, codebook = nn.Linear(8, 4), nn.Linear(4, 8), nn.Embedding(16, 4)
parameters = [*encoder.parameters(), *decoder.parameters(), *codebook.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
commitment_cost = 0.25
for _ in range(12):
    x = torch.randn(64, 8)
    z = encoder(x)
    quantized = codebook(torch.cdist(z, codebook.weight).argmin(1))
    codebook_loss = F.mse_loss(quantized, z.detach())
    commitment_loss = F.mse_loss(quantized.detach(), z)
    quantized_again = z + (quantized - z).detach()
    loss = F.mse_loss(decoder(quantized_again), x)
    loss = loss + (commitment_loss + commitment_cost * F.mse_loss(quantized, z.detach()))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(codebook_loss.item())
