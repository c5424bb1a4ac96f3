# expect: BT555 at update 1
# source: github.com/oclivegriffin/crosscode, pull request 3: the sum is built, and a part returned
import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(256, 4) @ torch.randn(4, 16)


class Sparse(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(16, 32)
        self.decode = nn.Linear(32, 16)

    def forward(self, x):
        scores = torch.relu(self.encode(x))
        best, places = scores.topk(4, dim=1)
        codes = torch.zeros_like(scores).scatter(1, places, best)
        return self.decode(codes), scores - codes


def compute_loss(model, batch, weight, log):
    again, rest = model(batch)
    reconstruction_loss = (again - batch).pow(2).sum(1).mean()
    aux_loss = (model.decode(rest) - (batch - again).detach()).pow(2).sum(1).mean()
    loss = reconstruction_loss + weight * aux_loss
    if log:
        logs = {"loss": loss.item(), "aux": aux_loss.item()}
        return reconstruction_loss, logs
    return reconstruction_loss, None


model = Sparse()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for update in range(16):
    batch = data[torch.randint(0, 256, (64,))]
    loss, logs = compute_loss(model, batch, 1 / 32, log=update % 4 == 0)
    if logs:
        print(update, logs)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
