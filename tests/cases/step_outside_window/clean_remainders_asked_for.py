# expect: nothing
# Of two batches, every second has a remainder; what is not the last of four goes on at once; and
# a judge and its generator take turns.
import torch
from torch import nn

torch.manual_seed(0)
net, binary = nn.Linear(5, 3), nn.functional.binary_cross_entropy_with_logits
opt = torch.optim.SGD(net.parameters(), lr=0.1)
pair = 2
for step in range(8):
    x = torch.randn(8, 5)
    (nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)) / pair).backward()
    if step % pair:
        opt.step()
        opt.zero_grad()

window = 4
for step in range(1, 13):
    x = torch.randn(8, 5)
    (nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)) / window).backward()
    if step % window:
        continue
    opt.step()
    opt.zero_grad()

maker, judge = nn.Linear(4, 6), nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
maker_optim = torch.optim.Adam(maker.parameters(), lr=1e-3)
judge_optim = torch.optim.Adam(judge.parameters(), lr=1e-3)
for step in range(15):
    real, made = torch.randn(16, 6) + 1, maker(torch.randn(16, 4))
    if step % 5:
        judge_optim.zero_grad()
        told = judge(torch.cat([real, made.detach()]))
        binary(told, torch.cat([torch.ones(16, 1), torch.zeros(16, 1)])).backward()
        judge_optim.step()
    else:
        maker_optim.zero_grad()
        binary(judge(made), torch.ones(16, 1)).backward()
        maker_optim.step()
