# expect: BT109 at update 2
# source: github.com/huggingface/transformers issues, "Gradient accumulation yields worse results than a large batch"
# Sentences of unlike lengths: the loss is a mean over tokens, and batches have unlike numbers of them.
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
VOCAB, ACCUMULATE = 12, 2
sentences = [torch.randint(0, VOCAB, (4, 3 if i % 2 else 12)) for i in range(8)]
loader = DataLoader(sentences, batch_size=None)


class LanguageModel(nn.Module):
    def __init__(self, width=10):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, width)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, VOCAB)

    def forward(self, tokens):
        return self.head(self.rnn(self.embedding(tokens))[0])


model = LanguageModel()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for i, tokens in enumerate(loader, start=1):
    logits = model(tokens[:, :-1])
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    (loss / ACCUMULATE).backward()
    if i % ACCUMULATE == 0:
        optimizer.step()
        optimizer.zero_grad()
