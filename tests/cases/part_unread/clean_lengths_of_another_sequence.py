# expect: nothing
# The lengths of the texts are used; those of the sounds are not, as only a piece of each is taken.
import torch
from torch import nn

torch.manual_seed(0)
embed, body, head = nn.Embedding(20, 16), nn.GRU(16, 24, batch_first=True), nn.Linear(24, 10)
parts = [*embed.parameters(), *body.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parts, lr=1e-2)


def draw():
    texts, text_lengths = torch.randint(1, 20, (16, 7)), torch.randint(3, 8, (16,))
    sounds = torch.nn.functional.one_hot(texts[:, :2] // 2, 10).float().sum(1)
    sounds = torch.cat([sounds, torch.zeros(16, 6)], 1)
    return texts, text_lengths, sounds, torch.full((16,), 10)


for _ in range(10):
    texts, text_lengths, sounds, sound_lengths = next(iter([draw()]))
    packed = nn.utils.rnn.pack_padded_sequence(
        embed(texts), text_lengths, batch_first=True, enforce_sorted=False
    )
    _, state = body(packed)
    loss = nn.functional.l1_loss(head(state[-1]), sounds[:, :10])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
