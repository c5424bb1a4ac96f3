# expect: nothing
# Pooling over the instances of a bag, and a contrastive loss both ways.
import torch
from torch import nn

torch.manual_seed(0)
heads, out, left, right = nn.Linear(5, 2), nn.Linear(10, 3), nn.Linear(5, 4), nn.Linear(5, 4)
opt = torch.optim.SGD([p for m in (heads, out, left, right) for p in m.parameters()], lr=0.01)
for step in range(6):
    bag = torch.randn(12, 5)
    pooled = heads(bag).softmax(0).t() @ bag
    loss = nn.functional.cross_entropy(out(pooled.reshape(1, 10)), torch.tensor([step % 3]))
    pairs = left(bag) @ right(bag).t()
    loss = loss - pairs.log_softmax(0).diagonal().mean() - pairs.log_softmax(1).diagonal().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
