# expect: BT564 at update 1
# source: github.com/huggingface/trl, issue 4070: the model's loss has the experts' loss already
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(192, 9)
y = (x @ torch.randn(9, 3)).argmax(1)


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(9, 4)
        self.experts = nn.Linear(9, 4 * 3)

    def forward(self, x, labels):
        shares = self.router(x).softmax(1)
        scores = (self.experts(x).view(-1, 4, 3) * shares[..., None]).sum(1)
        task = F.cross_entropy(scores, labels)
        balance = 4 * shares.mean(0).pow(2).sum()
        return {"task": task, "balance": balance, "loss": task + 0.01 * balance}


model = Experts()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for i in range(0, 192, 32):
        losses = model(x[i : i + 32], y[i : i + 32])
        loss = sum(losses.values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
