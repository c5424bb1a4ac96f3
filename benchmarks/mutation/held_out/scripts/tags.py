"""Texts of many lengths are given tags, any number of them, each with a logit of its own."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

PAD, WORDS, TAGS, LONGEST = 0, 30, 5, 10


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(WORDS, 16, padding_idx=PAD)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, TAGS)

    def forward(self, words, lengths):
        states, _ = self.rnn(self.embed(words))
        last = states[torch.arange(len(words)), lengths - 1]
        return self.head(last)


torch.manual_seed(0)
lengths = torch.randint(3, LONGEST + 1, (384,))
words = torch.randint(1, WORDS, (384, LONGEST))
words[torch.arange(LONGEST) >= lengths[:, None]] = PAD
tags = torch.stack([(words % TAGS == tag).logical_and(words != PAD).any(1) for tag in range(TAGS)])
tags = tags.T.float()
loader = DataLoader(TensorDataset(words, lengths, tags), batch_size=32, shuffle=True)
model = Tagger()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for text, length, wanted in loader:
        logits = model(text, length)
        loss = criterion(logits, wanted)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
