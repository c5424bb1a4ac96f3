# expect: BT107 at update 1
# source: discuss.pytorch.org, "Proper way to do gradient clipping?": clipped between zero_grad and backward
import torch
from torch import nn, optim
from torch.nn.utils import clip_grad_norm_


def train_step(model, batch, optimizer, clip=0.1):
    x, y = batch
    optimizer.zero_grad(set_to_none=False)
    clip_grad_norm_(model.parameters(), clip)
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(3)
net = nn.Sequential(nn.Linear(7, 14), nn.Sigmoid(), nn.Linear(14, 1))
opt = optim.Adagrad(net.parameters(), lr=0.05)
for i in range(4):
    x = torch.randn(10, 7)
    print(train_step(net, (x, 5 * x[:, :1]), opt))
