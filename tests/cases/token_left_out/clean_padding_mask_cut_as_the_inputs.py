# expect: nothing
# The loss of a place counts where its own token is a word: the end of a text is to be learned.
import torch
from torch import nn

torch.manual_seed(0)
WORDS = 16
model = nn.Sequential(nn.Embedding(WORDS, 24), nn.Linear(24, WORDS))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(20):
    ids = torch.randint(1, WORDS, (8, 10))
    lengths = torch.randint(4, 10, (8, 1))
    attention_mask = (torch.arange(10) < lengths).long()
    ids = ids * attention_mask
    labels = ids[:, 1:]
    mask = attention_mask[:, :-1].float()
    logits = model(ids[:, :-1])
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    loss = (loss * mask).sum() / mask.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
