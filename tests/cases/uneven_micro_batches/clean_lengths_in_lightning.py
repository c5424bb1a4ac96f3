# expect: nothing
# needs: lightning
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

warnings.filterwarnings("ignore")
torch.manual_seed(0)
follows = torch.randint(1, 20, (20, 2))


def draw_row():
    row = [torch.randint(1, 20, (1,)).item()]
    for _ in range(int(torch.randint(4, 24, (1,)))):
        row.append(follows[row[-1], torch.randint(0, 2, (1,))].item())
    return torch.tensor(row)


def collate(rows):
    rows = pad_sequence(rows, batch_first=True)
    return rows[:, :-1], rows[:, 1:]


class Speaker(LightningModule):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.out = nn.Linear(32, 20)

    def training_step(self, batch, index):
        x, y = batch
        logits = self.out(self.rnn(self.embed(x))[0])
        return nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=0)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


trainer = Trainer(
    max_epochs=3,
    accumulate_grad_batches=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
rows = [draw_row() for _ in range(208)]
trainer.fit(Speaker(), DataLoader(rows, batch_size=4, shuffle=True, collate_fn=collate))
