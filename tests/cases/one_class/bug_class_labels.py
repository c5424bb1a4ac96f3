# expect: BT411 at update 1
# source: torch.nn.CrossEntropyLoss, PyTorch documentation (the number of classes C)
# also: BT207, BT405, BT503
import torch
import torch.nn.functional as F


def build(num_classes):
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(48, num_classes),
    )


torch.manual_seed(0)
net = build(num_classes=1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(4):
    img = torch.rand(8, 1, 6, 6)
    cats = torch.zeros(8, dtype=torch.long)
    opt.zero_grad()
    F.cross_entropy(net(img), cats).backward()
    opt.step()
