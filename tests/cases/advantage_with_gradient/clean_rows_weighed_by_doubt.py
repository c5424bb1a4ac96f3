# expect: nothing
# A row that its own doubt weighs: what is left of 1 is no advantage; an entropy and a distance of two
# policies by hand; and the margin of one log-probability over another.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
body, head, doubt = nn.Linear(5, 16), nn.Linear(16, 3), nn.Linear(16, 1)
teacher = nn.Linear(5, 3)
parameters = [each for part in (body, head, doubt, teacher) for each in part.parameters()]
optimizer = torch.optim.Adam(parameters, lr=3e-3)
for _ in range(6):
    x = torch.randn(20, 5)
    y = x[:, :3].argmax(1)
    h = torch.tanh(body(x))
    logs, weak = F.log_softmax(head(h), dim=1), torch.sigmoid(doubt(h)).squeeze(1)
    chosen = logs[torch.arange(20), y]
    loss = -(chosen * (1 - weak)).mean() - 0.3 * torch.log(1 - weak + 1e-3).mean()
    taught = F.log_softmax(teacher(x), dim=1)
    loss = loss + (logs.exp() * (logs - taught)).sum(1).mean() + F.cross_entropy(taught, y)
    loss = loss + F.softplus(logs[:, 0] - logs[:, 1]).mean() * 0.1
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
