# expect: nothing
# A body that two optimizers step in turn, each for classes of its own.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body, first, second = nn.Linear(5, 12), nn.Linear(12, 1), nn.Linear(12, 1)
one = torch.optim.SGD([*body.parameters(), *first.parameters()], lr=0.05)
other = torch.optim.SGD([*body.parameters(), *second.parameters()], lr=0.05)
for _ in range(6):
    x = torch.randn(24, 5)
    for optimizer, head, column in ((one, first, 0), (other, second, 1)):
        optimizer.zero_grad()
        scores = head(body(x).relu())
        F.binary_cross_entropy_with_logits(
            scores, (x[:, column : column + 1] > 0).float()
        ).backward()
        optimizer.step()
