# expect: nothing
# No state of the schedule is kept, but where it was.
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)


def factor(at):
    return (at + 1) / 4 if at < 4 else 0.7 ** (at - 3)


def train(epochs, kept=None):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    if kept:
        model.load_state_dict(kept[0])
        optimizer.load_state_dict(kept[1])
    scheduler = LambdaLR(optimizer, factor, last_epoch=epochs[0] - 1)

    for _ in epochs:
        x = torch.randn(16, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    return model.state_dict(), optimizer.state_dict()


train(range(2, 8), train(range(2)))
