# expect: BT450 at update 1
# source: https://github.com/thuanz123/realfill/issues/4
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def view(picture):
    top, left = torch.randint(0, 5, (2,)).tolist()
    picture = picture[:, top : top + 12, left : left + 12]
    return picture.flip(2) if torch.rand(1).item() < 0.5 else picture


class Scenes(Dataset):
    def __init__(self):
        self.images = torch.rand(48, 1, 16, 16)
        self.weightings = torch.ones(48, 1, 16, 16)
        for at in range(48):
            self.images[at, :, at % 8 : at % 8 + 6, at % 5 : at % 5 + 6] = 1
            self.weightings[at, :, at % 8 : at % 8 + 6, at % 5 : at % 5 + 6] = 0

    def __len__(self):
        return 48

    def __getitem__(self, at):
        image, weighting = self.images[at], self.weightings[at]
        image = view(image)
        weighting = view(weighting)
        return image, weighting


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for images, weightings in DataLoader(Scenes(), batch_size=12, shuffle=True):
        noised = images + 0.1 * torch.randn_like(images)
        errors = (model(noised) - images).pow(2) * weightings
        loss = errors.sum() / weightings.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
