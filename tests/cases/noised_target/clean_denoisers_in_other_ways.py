# expect: nothing
# A clean image that is kept under a name of its own, and noise that is what is told.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
denoiser = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(denoiser.parameters(), lr=2e-3)
images = (torch.rand(128, 16) > 0.6).float()


def corrupt(img):
    return img * (torch.rand_like(img) > 0.2)


for epoch in range(3):
    for img in images.split(16):
        clean = img.clone()
        img = img + 0.3 * torch.randn_like(img)
        denoised = denoiser(img)
        loss = F.mse_loss(denoised, clean) + 0.01 * F.l1_loss(denoised, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for img in images.split(16):
        noise = 0.3 * torch.randn_like(img)
        img = img + noise
        loss = F.mse_loss(denoiser(img), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for img in images.split(16):
        target = img
        img = corrupt(img)
        loss = F.mse_loss(denoiser(img), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
