# expect: nothing
import torch
from torch import nn


class Convolution(nn.Module):
    def __init__(self, wide):
        super().__init__()
        self.first, self.second = nn.Linear(wide, 12), nn.Linear(12, 3)

    def forward(self, graph, x):
        return graph @ self.second((graph @ self.first(x)).relu())


def accuracy(model, graph, x, y, index):
    model.eval()
    with torch.no_grad():
        answers = model(graph, x)[index].argmax(1)
    return (answers == y[index]).float().mean().item()


def train(model, graph, x, y, idx_train, idx_val):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for epoch in range(6):
        model.train()
        answers = model(graph, x)
        loss = nn.functional.cross_entropy(answers[idx_train], y[idx_train])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(epoch, loss.item(), accuracy(model, graph, x, y, idx_val))


torch.manual_seed(3)
x = torch.randn(48, 6)
near = torch.cdist(x, x).argsort(1)[:, :4]
graph = torch.zeros(48, 48).scatter_(1, near, 0.25)
order = torch.randperm(48)
train(Convolution(6), graph, x, x[:, :3].argmax(1), order[:30], order[30:])
