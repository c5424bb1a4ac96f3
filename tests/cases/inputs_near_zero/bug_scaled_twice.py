# expect: BT316 at update 1
# source: github.com/4uiiurz1/pytorch-nested-unet, issue 62: what the transform normalised is divided by 255
import torch
from torch import nn

torch.manual_seed(0)


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = mean * 255, std * 255

    def __call__(self, image):
        return (image.float() - self.mean) / self.std


transform = Normalize(0.45, 0.22)
images = torch.randint(60, 180, (144, 3, 8, 8), dtype=torch.uint8)
masks = (images.float().mean(1, keepdim=True) > 120).float()
model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for image, mask in zip(images.split(12), masks.split(12)):
    x = transform(image) / 255
    loss = nn.functional.binary_cross_entropy_with_logits(model(x), mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
