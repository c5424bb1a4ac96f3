# expect: nothing
import torch
from torch import nn

PAD, VOCAB = 0, 12


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
    is_behind = torch.arange(longest) >= torch.randint(3, longest, (size, 1))
    words[is_behind] = 0
    tags[is_behind] = PAD
    return words, tags


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
right = places = 0
for step in range(12):
    words, tags = draw_batch()
    logits = model(words)
    loss = criterion(logits.reshape(-1, VOCAB), tags.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    said = logits.argmax(dim=-1)
    is_word = tags != PAD
    right += (said == tags)[is_word].sum().item()
    places += is_word.sum().item()
print(f"accuracy {right / places:.3f}")
