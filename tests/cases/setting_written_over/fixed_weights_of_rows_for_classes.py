# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class FocalLoss(nn.Module):
    def __init__(self, alpha=None, gamma=2.0, classes=4):
        super().__init__()
        if alpha is None:
            self.alpha = torch.ones(classes)
        else:
            self.alpha = torch.tensor(alpha)
        self.gamma = gamma

    def forward(self, logits, labels):
        self.alpha = self.alpha.to(logits.device)
        log_p = F.log_softmax(logits, dim=1).gather(1, labels[:, None]).squeeze(1)
        alpha = self.alpha.gather(0, labels)
        return (-alpha * (1 - log_p.exp()) ** self.gamma * log_p).mean()


torch.manual_seed(0)
centers = 2 * torch.randn(4, 6)
model = nn.Linear(6, 4)
criterion = FocalLoss([0.1, 0.9, 0.9, 0.9])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    labels = torch.multinomial(torch.tensor([0.85, 0.05, 0.05, 0.05]), 32, replacement=True)
    optimizer.zero_grad()
    loss = criterion(model(centers[labels] + torch.randn(32, 6)), labels)
    loss.backward()
    optimizer.step()
