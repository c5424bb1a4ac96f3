# expect: nothing
import torch
import torch.nn.functional as F


class Pool(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.score = torch.nn.Linear(5, 1)
        self.out = torch.nn.Linear(5, 3)

    def forward(self, x):
        weight = self.score(x).softmax(dim=1)
        return self.out((weight * x).sum(1))


torch.manual_seed(0)
student, teacher = Pool(), Pool().requires_grad_(False)
opt = torch.optim.Adam(student.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(8, 4, 5)
    soft = teacher(x).softmax(-1)
    logits = student(x)
    loss = (
        F.cross_entropy(logits, soft)
        + 0.1 * -(logits.softmax(1) * logits.log_softmax(1)).sum(1).mean()
    )
    opt.zero_grad()
    loss.backward()
    opt.step()
