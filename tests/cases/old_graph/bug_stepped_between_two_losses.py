# expect: BT307 at update 2
# source: https://github.com/MorvanZhou/PyTorch-Tutorial, 406_GAN.py, with torch 1.5 and later
# ends: RuntimeError
import torch
from torch import nn

torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 4))
judge = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())
opt_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
opt_maker = torch.optim.Adam(maker.parameters(), lr=1e-3)
for _ in range(3):
    real = judge(torch.randn(16, 4))
    made = judge(maker(torch.randn(16, 3)))
    loss_of_judge = -(real.log() + (1 - made).log()).mean()
    loss_of_maker = (1 - made).log().mean()
    opt_judge.zero_grad()
    loss_of_judge.backward(retain_graph=True)
    opt_judge.step()
    opt_maker.zero_grad()
    loss_of_maker.backward()
    opt_maker.step()
