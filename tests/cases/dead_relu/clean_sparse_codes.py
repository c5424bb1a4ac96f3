# expect: nothing
# A sparse autoencoder: most of its units rest on most of the rows.
import torch
from torch import nn

torch.manual_seed(0)

encoder, decoder = nn.Linear(16, 256), nn.Linear(256, 16)
nn.init.constant_(encoder.bias, -1.0)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(5):
    x = torch.randn(64, 16)
    codes = torch.relu(encoder(x))
    loss = (decoder(codes) - x).pow(2).mean() + 1e-3 * codes.abs().sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
