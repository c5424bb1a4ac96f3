# expect: nothing
# never: BT202
# Two models trained one after the other, each with its own optimizer: nothing is wrong
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)


def build():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    return model, torch.optim.Adam(model.parameters(), lr=1e-2)


def train(model, opt):
    for _ in range(4):
        opt.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        opt.step()


model, opt = build()
train(model, opt)
sd = model.state_dict()
model, opt = build()
model.load_state_dict(sd)
train(model, opt)
