# expect: nothing
import copy

import torch
import torch.nn.functional as F


class Distilled(torch.nn.Module):
    """Keeps its teacher in a list, so that checkpoints hold the student only."""

    def __init__(self, teacher):
        super().__init__()
        self.student = torch.nn.Linear(6, 3)
        self._teacher = [teacher]

    def forward(self, x):
        with torch.no_grad():
            soft = self._teacher[0](x).softmax(1)
        return self.student(x), soft


torch.manual_seed(0)
teacher = torch.nn.Sequential(torch.nn.Linear(6, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
model = Distilled(copy.deepcopy(teacher).eval())
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    logits, soft = model(torch.randn(16, 6))
    loss = F.kl_div(F.log_softmax(logits, dim=1), soft, reduction="batchmean")
    opt.zero_grad()
    loss.backward()
    opt.step()
