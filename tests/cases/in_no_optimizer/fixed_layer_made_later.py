# expect: nothing
import torch
from torch import nn


class Growing(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 10)
        self.extra = nn.ModuleList()
        self.last = nn.Linear(10, 2)

    def grow(self):
        self.extra.append(nn.Linear(10, 10))

    def forward(self, x):
        x = torch.relu(self.first(x))
        for layer in self.extra:
            x = x + torch.relu(layer(x))
        return self.last(x)


def main():
    torch.manual_seed(3)
    model = Growing()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(3):
        for _ in range(2):
            x = torch.randn(16, 5)
            y = (x.sum(1) > 0).long()
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        model.grow()
        optimizer.add_param_group({"params": model.extra[-1].parameters()})


if __name__ == "__main__":
    main()
