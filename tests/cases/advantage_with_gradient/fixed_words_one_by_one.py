# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
words, actor, critic = nn.Embedding(9, 8), nn.Linear(8, 9), nn.Linear(8, 1)
model = nn.ModuleList([words, actor, critic])
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(6):
    word = torch.randint(0, 9, (24,))
    baseline = critic(words(word)).squeeze(-1)
    drawn, logs = [], []
    for at in range(4):
        log = actor(words(word)).log_softmax(-1)
        word = log.exp().multinomial(1).squeeze(1)
        logs.append(log.gather(1, word[:, None]).squeeze(1))
        drawn.append(word)
    reward = torch.stack(drawn, 1).diff(dim=1).gt(0).float().sum(1)
    advantage = reward - baseline
    loss = -(advantage.detach() * torch.stack(logs, 1).sum(1)).mean()
    optimizer.zero_grad()
    (loss + advantage.pow(2).mean()).backward()
    optimizer.step()
