# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
trunk, old_head, new_head = nn.Linear(5, 10), nn.Linear(10, 3), nn.Linear(10, 2)
everything = nn.ModuleList([trunk, old_head, new_head])
optimizer = torch.optim.SGD(everything.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-2)


def train(head, classes, n):
    for _ in range(n):
        x, y = torch.randn(8, 5), torch.randint(classes, (8,))
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(head(torch.relu(trunk(x))), y).backward()
        optimizer.step()


train(old_head, 3, 2)
train(new_head, 2, 4)  # old_head is to be kept for the first task
