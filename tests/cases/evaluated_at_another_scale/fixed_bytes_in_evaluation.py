# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
labels = torch.randint(0, 4, (240,))
pictures = (torch.rand(240, 6, 6) * 120 + labels[:, None, None] * 40).byte()
net = nn.Sequential(nn.Flatten(), nn.Linear(36, 24), nn.Tanh(), nn.Dropout(0.1), nn.Linear(24, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(2):
    net.train()
    for at in range(0, 192, 16):
        x = pictures[at : at + 16].float() / 255
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), labels[at : at + 16])
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        right = 0
        for at in range(192, 240, 24):
            x = pictures[at : at + 24].float() / 255
            right += (net(x).argmax(1) == labels[at : at + 24]).sum().item()
    print(epoch, right / 48)
