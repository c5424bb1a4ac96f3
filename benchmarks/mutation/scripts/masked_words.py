"""Hidden words are guessed from both sides by attention; training stops and is taken up again."""

import io

import torch
import torch.nn.functional as F
from torch import nn

PAD, HIDDEN, WORDS, WIDTH, LENGTH = 0, 1, 16, 24, 10


class Guesser(nn.Module):
    def __init__(self):
        super().__init__()
        self.word = nn.Embedding(WORDS, WIDTH, padding_idx=PAD)
        self.place = nn.Embedding(LENGTH, WIDTH)
        self.query, self.key = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.more = nn.Sequential(nn.Linear(WIDTH, 48), nn.GELU(), nn.Linear(48, WIDTH))
        self.head = nn.Linear(WIDTH, WORDS)

    def forward(self, words):
        x = self.word(words) + self.place(torch.arange(words.shape[1]))
        scores = self.query(x) @ self.key(x).transpose(1, 2) / WIDTH**0.5
        scores = scores.masked_fill((words == PAD)[:, None], float("-inf"))
        x = x + scores.softmax(-1) @ self.value(x)
        return self.head(x + self.more(self.norm(x)))


def train(model, optimizer, epochs):
    model.train()
    for epoch in range(epochs):
        for words in texts[torch.randperm(320)].split(32):
            chosen = (torch.rand(words.shape) < 0.2) & (words != PAD)
            logits = model(words.masked_fill(chosen, HIDDEN))
            loss = F.cross_entropy(logits[chosen], words[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


torch.manual_seed(0)
texts = torch.full((320, LENGTH), PAD)
for row in texts:
    length = int(torch.randint(6, LENGTH + 1, (1,)))
    row[:length] = (torch.arange(length) + int(torch.randint(0, 14, (1,)))) % 14 + 2
model = Guesser()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
train(model, optimizer, epochs=4)
file = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
file.seek(0)
saved = torch.load(file)
resumed = Guesser()
resumed.load_state_dict(saved["model"])
optimizer = torch.optim.AdamW(resumed.parameters(), lr=5e-3)
optimizer.load_state_dict(saved["optimizer"])
train(resumed, optimizer, epochs=4)
