# expect: nothing
"""CTC of log-probabilities of which two symbols are ruled out, and which are padded with zeros."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
PHONES, FRAMES = 5, 12
mean = torch.randn(PHONES + 1, 6)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, PHONES + 1), nn.LogSoftmax(-1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
ruled_out = torch.tensor([0.0, 0.0, 0.0, 0.0, -1e4, -1e4])
for _ in range(4):
    phones = torch.stack([torch.randperm(3)[:3] + 1 for _ in range(8)])
    mel = mean[phones.repeat_interleave(FRAMES // 3, 1)] + 0.3 * torch.randn(8, FRAMES, 6)
    scores = F.pad((model(mel) + ruled_out).transpose(0, 1), (0, 0, 0, 0, 0, 2))
    lengths, wanted = torch.full((8,), FRAMES), torch.full((8,), 3)
    loss = F.ctc_loss(scores, phones, lengths, wanted)
    loss = loss + F.ctc_loss((model(mel) + ruled_out).transpose(0, 1), phones, lengths, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
