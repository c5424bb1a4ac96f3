# expect: nothing
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
PHONES, FRAMES = 5, 12
mean = torch.randn(PHONES + 1, 6)
encoder = nn.GRU(6, 16, batch_first=True, bidirectional=True)
head = nn.Linear(32, PHONES + 1)
model = nn.ModuleList([encoder, head])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    phones = torch.stack([torch.randperm(PHONES)[:3] + 1 for _ in range(8)])
    mel = mean[phones.repeat_interleave(FRAMES // 3, 1)] + 0.3 * torch.randn(8, FRAMES, 6)
    scores = head(encoder(mel)[0]).transpose(0, 1).log_softmax(-1)
    lengths, wanted = torch.full((8,), FRAMES), torch.full((8,), 3)
    loss = F.ctc_loss(scores, phones, lengths, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
