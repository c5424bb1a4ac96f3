# expect: BT521 at update 48
# line: warmup_steps=4000
# needs: transformers
# source: https://github.com/coqui-ai/TTS/issues/1611
import tempfile

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

torch.manual_seed(0)
clips = torch.randn(256, 12)
pitches = clips[:, :3].sum(1, keepdim=True)
rows = [{"clip": a, "labels": b} for a, b in zip(clips, pitches, strict=True)]


class Pitch(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 32), nn.GELU(), nn.Linear(32, 1))

    def forward(self, clip, labels=None):
        said = self.body(clip)
        return {"loss": nn.functional.mse_loss(said, labels), "said": said}


arguments = TrainingArguments(
    output_dir=tempfile.mkdtemp(),
    num_train_epochs=3,
    per_device_train_batch_size=16,
    learning_rate=0.003,
    warmup_steps=4000,
    report_to="none",
    use_cpu=True,
    save_strategy="no",
    disable_tqdm=True,
)
Trainer(model=Pitch(), args=arguments, train_dataset=rows).train()
