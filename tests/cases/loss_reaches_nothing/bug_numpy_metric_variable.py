# expect: BT301 at update 1
# source: torch.Tensor.numpy and torch.Tensor.detach, PyTorch documentation
import numpy as np
import torch


def dice_loss(prediction, mask):
    p = torch.sigmoid(prediction).detach().numpy()
    m = mask.numpy()
    dice = 2 * np.sum(p * m) / (np.sum(p) + np.sum(m))
    return torch.autograd.Variable(torch.tensor(1 - dice), requires_grad=True)


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
