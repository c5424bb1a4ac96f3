# expect: nothing
# What the model said is taken apart, its lengths of no use; and a mask says what lengths say.
import torch
from torch import nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.GRU(5, 16, batch_first=True), nn.Linear(16, 3)

    def forward(self, waves, lengths):
        return self.head(self.body(waves)[0]).log_softmax(2), lengths


def objective(predictions, batch):
    said, wave_lens = predictions
    tags, mask, tag_lens = batch
    lost = nn.functional.nll_loss(said.transpose(1, 2), tags, reduction="none")
    return (lost * mask).sum() / mask.sum()


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(15):
    waves, lengths = torch.randn(16, 7, 5), torch.randint(2, 8, (16,))
    tags = waves[..., :3].argmax(2)
    mask = torch.arange(7) < lengths[:, None]
    loss = objective(model(waves, lengths), (tags, mask, lengths))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
