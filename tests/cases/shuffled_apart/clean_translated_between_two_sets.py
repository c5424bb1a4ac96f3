# expect: nothing
# Unpaired translation: each output is held against its own input, and a judge sees both sets.
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
x_loader = DataLoader(torch.randn(64, 4), batch_size=16, shuffle=True)
y_loader = DataLoader(torch.randn(64, 4) * 2 + 1, batch_size=16, shuffle=True)
there, back = nn.Linear(4, 4), nn.Linear(4, 4)
judge = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt = torch.optim.Adam([*there.parameters(), *back.parameters()], lr=1e-3)
judge_opt = torch.optim.Adam(judge.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
for epoch in range(3):
    for x, y in zip(x_loader, y_loader):
        fake = there(x)
        told, real = judge(fake.detach()), judge(y)
        judge_loss = bce(told, torch.zeros_like(told)) + bce(real, torch.ones_like(real))
        judge_opt.zero_grad()
        judge_loss.backward()
        judge_opt.step()
        told = judge(fake)
        loss = bce(told, torch.ones_like(told)) + nn.functional.l1_loss(back(fake), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
