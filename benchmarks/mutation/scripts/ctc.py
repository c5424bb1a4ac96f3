"""Letters are read off frames of sound without being told which frames are whose, by CTC."""

import torch
import torch.nn.functional as F
from torch import nn

LETTERS, FRAMES, TEXT = 5, 24, 4


class Listener(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(8, 24, 3, padding=1)
        self.norm = nn.LayerNorm(24)
        self.rnn = nn.GRU(24, 24, batch_first=True, bidirectional=True)
        self.head = nn.Linear(48, LETTERS + 1)

    def forward(self, sound):
        heard = torch.relu(self.conv(sound.transpose(1, 2))).transpose(1, 2)
        states, _ = self.rnn(self.norm(heard))
        return F.log_softmax(self.head(states), dim=-1)


torch.manual_seed(0)
voices = torch.randn(LETTERS + 1, 8)
texts = torch.randint(1, LETTERS + 1, (256, TEXT))
sounds = torch.zeros(256, FRAMES, 8)
for sound, text in zip(sounds, texts):
    for place, letter in enumerate(text.tolist()):
        start = 6 * place + int(torch.randint(0, 3, (1,)))
        sound[start : start + 3] = voices[letter]
sounds += 0.2 * torch.randn_like(sounds)
model = Listener()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        scores = model(sounds[rows]).transpose(0, 1)
        heard = torch.full((len(rows),), FRAMES)
        written = torch.full((len(rows),), TEXT)
        loss = F.ctc_loss(scores, texts[rows], heard, written, blank=0)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
