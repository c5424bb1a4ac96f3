# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
images, labels = torch.rand(13, 1, 6, 6), torch.randint(0, 3, (13,))
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 4, 3),
    torch.nn.BatchNorm2d(4),
    torch.nn.ReLU(),
    torch.nn.Flatten(),
    torch.nn.Linear(64, 3),
)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
batch_size = 4
start = 0
while start + batch_size <= len(images):
    x, y = images[start : start + batch_size], labels[start : start + batch_size]
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    opt.step()
    start += batch_size
