# expect: BT403 at update 1
# source: torch.nn.functional.binary_cross_entropy_with_logits, PyTorch documentation
import torch
import torch.nn.functional as F


class Tagger(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = torch.nn.EmbeddingBag(50, 10)
        self.fc = torch.nn.Linear(10, 6)

    def forward(self, words):
        return torch.sigmoid(self.fc(self.bag(words)))

    def training_step(self, batch):
        words, tags = batch
        return F.binary_cross_entropy_with_logits(self(words), tags)


def fit(module, batches, lr=0.01):
    opt = torch.optim.RMSprop(module.parameters(), lr=lr)
    for batch in batches:
        loss = module.training_step(batch)
        opt.zero_grad()
        loss.backward()
        opt.step()


torch.manual_seed(0)
fit(Tagger(), [(torch.randint(0, 50, (8, 4)), (torch.rand(8, 6) > 0.7).float()) for _ in range(4)])
