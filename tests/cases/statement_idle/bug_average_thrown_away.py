# expect: BT446 at update 1
# source: "In-place operations on Tensors", PyTorch documentation, torch.Tensor
import copy

import torch
from torch import nn

torch.manual_seed(0)
student = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
teacher = copy.deepcopy(student).requires_grad_(False)
x = torch.randn(200, 6)
y = x[:, :3].argmax(1)
optimizer = torch.optim.Adam(student.parameters(), lr=0.01)
known = set()
for update in range(12):
    rows = torch.randint(0, 200, (32,))
    noised = x[rows] + 0.1 * torch.randn(32, 6)
    loss = nn.functional.cross_entropy(student(x[rows]), y[rows])
    loss = loss + (student(noised).softmax(1) - teacher(noised).softmax(1)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    known.add(update)
    for old, new in zip(teacher.parameters(), student.parameters(), strict=True):
        old.data.mul(0.9).add(new.data, alpha=0.1)
