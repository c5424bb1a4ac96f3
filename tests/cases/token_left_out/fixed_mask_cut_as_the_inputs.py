# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
WORDS = 20


def example():
    question = torch.randint(2, WORDS, (int(torch.randint(2, 5, ())),)).tolist()
    answer = [*question[:2], 1]
    tokens, answer_mask = [], []
    tokens += question + answer
    answer_mask += [0] * len(question) + [1] * len(answer)
    rest = 8 - len(tokens)
    return {"tokens": tokens + [0] * rest, "answer_mask": answer_mask + [0] * rest}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn = nn.Embedding(WORDS, 16), nn.GRU(16, 16, batch_first=True)
        self.head = nn.Linear(16, WORDS)

    def forward(self, tokens):
        return self.head(self.rnn(self.embed(tokens))[0])


def train_step(model, optimizer, batch):
    tokens = batch["tokens"]
    mask = batch["answer_mask"][:, 1:].float()
    targets = tokens[:, 1:]
    logits = model(tokens[:, :-1])
    losses = nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    loss = (losses * mask).sum() / mask.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(20):
    rows = [example() for _ in range(16)]
    train_step(model, optimizer, {key: torch.tensor([row[key] for row in rows]) for key in rows[0]})
