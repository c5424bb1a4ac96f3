# expect: BT305 at update 1
# needs: transformers
# source: https://github.com/autogluon/autogluon/issues/4965
import tempfile
import warnings

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from transformers import BertConfig, BertModel

warnings.filterwarnings("ignore")
torch.manual_seed(0)
words = torch.randint(1, 40, (96, 8))
y = (words < 12).sum(1).clamp(max=3)
rows = TensorDataset(words, y)
kept = tempfile.TemporaryDirectory()
folder = kept.name
small = BertConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=8,
)
BertModel(small, add_pooling_layer=False).save_pretrained(folder)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.head = nn.Linear(16, 4)

    def forward(self, ids):
        return self.head(self.body(ids).last_hidden_state[:, 0])


class Counter(LightningModule):
    """Calls its model alone, and is never called itself."""

    def __init__(self):
        super().__init__()
        self.model = Net()

    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self.model(batch[0]), batch[1])

    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.cross_entropy(self.model(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam([p for p in self.parameters() if p.requires_grad], lr=1e-3)


trainer = Trainer(
    max_epochs=2,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Counter(), DataLoader(rows, 16, shuffle=True), DataLoader(rows, 32))
