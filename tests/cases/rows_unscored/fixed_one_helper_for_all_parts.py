# expect: nothing
# source: https://github.com/kwuking/TimeMixer/issues/100
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(1)
x = torch.randn(330, 8)
rows = TensorDataset(x, (x[:, 0] * x[:, 1] > 0).long())
train_set, val_set = random_split(rows, [230, 100])


def make_loader(dataset, trains=False):
    return DataLoader(dataset, batch_size=32, shuffle=trains, drop_last=trains)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(8, 64)
        self.norm = nn.BatchNorm1d(64)
        self.head = nn.Linear(64, 2)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.hidden(x))))


@torch.no_grad()
def evaluate(net, loader, criterion):
    net.eval()
    total, right, count = 0.0, 0, 0
    for inputs, labels in loader:
        logits = net(inputs)
        total += criterion(logits, labels).item() * len(labels)
        right += (logits.argmax(1) == labels).sum().item()
        count += len(labels)
    return total / count, right / count


def main():
    net, criterion = Net(), nn.CrossEntropyLoss()
    train_loader, val_loader = make_loader(train_set, True), make_loader(val_set)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(4):
        net.train()
        for inputs, labels in train_loader:
            loss = criterion(net(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, *evaluate(net, val_loader, criterion))


main()
