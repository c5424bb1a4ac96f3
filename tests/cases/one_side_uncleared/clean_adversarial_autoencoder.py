# expect: nothing
# The encoder is meant to follow the reconstruction and the adversary together.
import torch
from torch import nn

torch.manual_seed(3)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
decoder = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 8))
judge = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_enc = torch.optim.SGD(encoder.parameters(), lr=0.02)
opt_dec = torch.optim.SGD(decoder.parameters(), lr=0.02)
opt_judge = torch.optim.SGD(judge.parameters(), lr=0.02)
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(10, 1), torch.zeros(10, 1)

for x in torch.randn(4, 10, 8):
    for opt in (opt_enc, opt_dec):
        opt.zero_grad()
    nn.functional.mse_loss(decoder(encoder(x)), x).backward()
    opt_dec.step()
    bce(judge(encoder(x)), ones).backward()
    opt_enc.step()

    opt_judge.zero_grad()
    loss = bce(judge(torch.randn(10, 2)), ones) + bce(judge(encoder(x).detach()), zeros)
    loss.backward()
    opt_judge.step()
