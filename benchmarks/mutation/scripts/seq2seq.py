"""A decoder with attention writes a text backwards; neither it nor its loss looks at padding."""

import torch
import torch.nn.functional as F
from torch import nn

PAD, START, END, VOCAB, WIDTH = 0, 1, 2, 12, 32


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH, padding_idx=PAD)
        self.encoder = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.decoder = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(2 * WIDTH, VOCAB)

    def forward(self, source, given):
        lengths = (source != PAD).sum(1)
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(source), lengths, batch_first=True, enforce_sorted=False
        )
        packed, state = self.encoder(packed)
        memory, _ = nn.utils.rnn.pad_packed_sequence(
            packed, batch_first=True, total_length=source.shape[1]
        )
        steps = []
        for time in range(given.shape[1]):
            word = self.embed(given[:, time : time + 1])
            output, state = self.decoder(word, state)
            scores = output @ memory.transpose(1, 2) / WIDTH**0.5
            scores = scores.masked_fill((source == PAD)[:, None], -1e9)
            context = scores.softmax(-1) @ memory
            steps.append(self.head(torch.cat([output, context], -1)))
        return torch.cat(steps, 1)


torch.manual_seed(0)
source = torch.full((256, 6), PAD)
target = torch.full((256, 8), PAD)
target[:, 0] = START
for row in range(256):
    length = int(torch.randint(3, 7, (1,)))
    text = torch.randint(3, VOCAB, (length,))
    source[row, :length] = text
    target[row, 1 : length + 1] = text.flip(0)
    target[row, length + 1] = END
model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        words = target[rows]
        logits = model(source[rows], words[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), words[:, 1:].flatten(), ignore_index=PAD)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
