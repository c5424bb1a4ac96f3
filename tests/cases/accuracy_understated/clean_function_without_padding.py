# expect: nothing
# Sentences are all of one length here: no place is left out.
import torch
from torch import nn
from torch.nn import functional as F

VOCAB = 12


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 16, padding_idx=0)
        self.out = nn.Linear(16, VOCAB)

    def forward(self, words):
        return self.out(self.embed(words))


def draw_batch(size=16, longest=10):
    """Each word has one tag; sentences are filled up behind their ends."""
    words = torch.randint(1, VOCAB, (size, longest))
    tags = VOCAB - words

    return words, tags


def share_of_right(logits, wanted):
    said = logits.argmax(dim=-1)
    right = (said == wanted).sum()
    return right.float() / wanted.numel()


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(12):
    words, labels = draw_batch()
    logits = model(words)
    loss = F.cross_entropy(logits.transpose(1, 2), labels)
    accuracy = share_of_right(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{step}: loss {loss.item():.3f}, accuracy {accuracy.item():.3f}")
