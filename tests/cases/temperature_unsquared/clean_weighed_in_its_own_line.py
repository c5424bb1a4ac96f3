# expect: nothing
"""The square of the temperature is a number, and is multiplied before the sum is made."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
teacher = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.Tanh(), torch.nn.Linear(32, 3))
student = torch.nn.Linear(4, 3)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(32, 4)
    labels = x[:, :3].argmax(1)
    with torch.no_grad():
        soft = F.softmax(teacher(x) / 2.0, dim=1)
    output = student(x)
    loss = 4.0 * F.kl_div(F.log_softmax(output / 2.0, dim=1), soft, reduction="batchmean")
    loss = 0.5 * loss + 0.5 * F.cross_entropy(output, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
