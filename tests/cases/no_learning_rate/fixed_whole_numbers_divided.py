# expect: nothing
import torch
from torch import nn

EPOCHS = 8


def main():
    torch.manual_seed(0)
    model = nn.Linear(6, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: (EPOCHS - e) / EPOCHS)
    for _ in range(EPOCHS):
        x = torch.randn(16, 6)
        loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


main()
