# expect: nothing
# One loss alone is asked for, or the sum goes on.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
decoder = nn.Linear(4, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
WEIGHTS = {"code": 0.1, "cosine": 0.5, "error": 1.0}


def calc_loss(wanted, given, code):
    loss = 0.0
    if WEIGHTS["code"] > 0:
        loss += WEIGHTS["code"] * code.square().mean()
    if WEIGHTS["cosine"] > 0:
        cosine = nn.functional.cosine_similarity(given, wanted).mean()
        loss += WEIGHTS["cosine"] * (1 - cosine)
    if "alone" in WEIGHTS:
        loss = WEIGHTS["alone"] * nn.functional.l1_loss(given, wanted)
    else:
        loss += WEIGHTS["error"] * nn.functional.mse_loss(given, wanted)
    return loss


for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        code = encoder(x[rows])
        loss = calc_loss(x[rows], decoder(code), code)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
