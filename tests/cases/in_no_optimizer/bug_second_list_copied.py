# expect: BT201 at update 1, BT203
# source: github.com/line/open-universe, issue 5
import torch
from torch import nn

torch.manual_seed(0)
near = nn.Sequential(nn.Conv1d(1, 6, 3, padding=1), nn.Tanh(), nn.Conv1d(6, 4, 3))
far = nn.Sequential(nn.Conv1d(1, 6, 9, padding=4), nn.Tanh(), nn.Conv1d(6, 4, 9))
trained = list(near.parameters())
trained += list(near.parameters())
optimizer = torch.optim.AdamW(trained, lr=2e-3)
for _ in range(5):
    wave = torch.randn(16, 1, 32).cumsum(2)
    shifted = wave.roll(1, 2) + 0.1 * torch.randn_like(wave)
    optimizer.zero_grad()
    likeness = nn.functional.mse_loss(near(wave).mean(2), near(shifted).mean(2))
    likeness = likeness + nn.functional.mse_loss(far(wave).mean(2), far(shifted).mean(2))
    spread = 1 / near(wave).std(0).mean() + 1 / (
        far(wave).std(0).mean() + far(shifted).std(0).mean()
    )
    (likeness + 0.1 * spread).backward()
    optimizer.step()
