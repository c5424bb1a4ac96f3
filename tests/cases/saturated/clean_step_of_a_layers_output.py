# expect: nothing
# Differentiable binarization: a steep sigmoid stands for a comparison of two maps.
# source: "Real-time Scene Text Detection with Differentiable Binarization", M. Liao and others, 2020
import torch
from torch import nn

torch.manual_seed(0)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.shown, self.limit = nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, padding=1)
        self.count = nn.Linear(64, 1)

    def forward(self, image):
        is_text = torch.sigmoid(50 * (self.shown(image) - self.limit(image)))
        return self.count(is_text.flatten(1))


model = Detector()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    image = torch.rand(8, 1, 8, 8)
    loss = nn.functional.mse_loss(model(image), (image > 0.5).float().sum((1, 2, 3)).unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
