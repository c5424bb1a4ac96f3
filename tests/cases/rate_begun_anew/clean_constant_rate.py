# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)


def train(epochs, kept=None):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    if kept:
        model.load_state_dict(kept[0])
        optimizer.load_state_dict(kept[1])
    scheduler = LambdaLR(optimizer, lambda epoch: 1.0)

    for _ in epochs:
        x = torch.randn(16, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    return model.state_dict(), optimizer.state_dict(), scheduler.state_dict()


train(range(6, 10), train(range(6)))
