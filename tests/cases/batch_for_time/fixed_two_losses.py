# expect: nothing
# A class of each story, and the words of it that are hidden.
import torch
from torch import nn

torch.manual_seed(1)
embedding = nn.Embedding(30, 24)
mix = nn.GRU(24, 16, batch_first=True)
words, ending = nn.Linear(16, 30), nn.Linear(16, 2)
parts = nn.ModuleList([embedding, mix, words, ending])
optimizer = torch.optim.AdamW(parts.parameters(), lr=3e-3)
for _ in range(6):
    story = torch.randint(1, 30, (12, 16))
    is_hidden = torch.rand(story.shape) < 0.3
    labels = story.masked_fill(~is_hidden, -100)
    states, _ = mix(embedding(story.masked_fill(is_hidden, 0)))
    choice = nn.functional.cross_entropy(ending(states[:, -1]), (story.float().mean(1) > 15).long())
    told = nn.functional.cross_entropy(words(states).flatten(0, 1), labels.flatten())
    optimizer.zero_grad()
    (choice + told).backward()
    optimizer.step()
