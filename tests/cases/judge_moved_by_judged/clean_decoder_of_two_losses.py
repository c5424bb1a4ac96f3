# expect: nothing
# A decoder learns from real codes and from an encoder's, each loss a distance to what is wanted.
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(6, 2), nn.Linear(2, 6)
encoder_opt = torch.optim.Adam(encoder.parameters(), 1e-2)
decoder_opt = torch.optim.Adam(decoder.parameters(), 1e-2)
basis = torch.randn(2, 6)
for _ in range(8):
    code = torch.randn(16, 2)
    x = code @ basis
    encoder_opt.zero_grad()
    decoder_opt.zero_grad()
    nn.functional.mse_loss(decoder(code), x).backward()
    nn.functional.mse_loss(decoder(encoder(x)), x).backward()
    decoder_opt.step()
    encoder_opt.step()
