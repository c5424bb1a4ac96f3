# expect: nothing
import torch


def dice_loss(prediction, mask):
    p = torch.sigmoid(prediction)
    dice = 2 * torch.sum(p * mask) / (torch.sum(p) + torch.sum(mask))
    return 1 - dice


torch.manual_seed(1)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 6, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(6, 1, 1)
)
optim = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
images = torch.rand(4, 1, 8, 8)
masks = (images > 0.5).float()

for _ in range(4):
    loss = dice_loss(net(images), masks) * 10
    optim.zero_grad()
    loss.backward()
    optim.step()
