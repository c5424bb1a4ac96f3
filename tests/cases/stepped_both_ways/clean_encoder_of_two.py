# expect: nothing
# An adversarial autoencoder: the encoder serves the reconstruction, and then the game.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(6, 2), nn.Linear(2, 6)
judge = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
to_rebuild = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
to_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
to_fool = torch.optim.Adam(encoder.parameters(), lr=1e-3)
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
for _ in range(6):
    x = torch.randn(16, 6)
    to_rebuild.zero_grad()
    F.mse_loss(decoder(encoder(x)), x).backward()
    to_rebuild.step()
    to_judge.zero_grad()
    loss = F.binary_cross_entropy_with_logits(judge(torch.randn(16, 2)), ones)
    (loss + F.binary_cross_entropy_with_logits(judge(encoder(x).detach()), zeros)).backward()
    to_judge.step()
    to_fool.zero_grad()
    F.binary_cross_entropy_with_logits(judge(encoder(x)), ones).backward()
    to_fool.step()
