# expect: nothing
"""One line scores the rows of one domain, then those of the other: each call has one class."""

import torch
import torch.nn.functional as F
from torch import nn


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -0.1 * grad


torch.manual_seed(0)
way = torch.randn(6, 3)
body, head, judge = nn.Linear(6, 16), nn.Linear(16, 3), nn.Linear(16, 2)
parameters = [*body.parameters(), *head.parameters(), *judge.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
for _ in range(260):
    near, far = torch.randn(24, 6), torch.randn(24, 6) + 0.7
    seen_near, seen_far = torch.relu(body(near)), torch.relu(body(far))
    loss = F.cross_entropy(head(seen_near), (near @ way).argmax(1))
    for domain, seen in enumerate((seen_far, seen_near)):
        of_all = torch.full((24,), domain)
        loss = loss + F.cross_entropy(judge(Reverse.apply(seen)), of_all)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
