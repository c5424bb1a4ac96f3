# expect: BT527 at update 1
# needs: ignite
# source: https://github.com/voyazici/orderless-rnn-classification/issues/5
import torch
from ignite.engine import Engine, create_supervised_trainer
from ignite.metrics import Precision
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
spam = (x[:, 0] + x[:, 1] > 1).float()[:, None]
train = DataLoader(TensorDataset(x[:240], spam[:240]), batch_size=24, shuffle=True)
held_out = DataLoader(TensorDataset(x[240:], spam[240:]), batch_size=40)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
trainer = create_supervised_trainer(model, optimizer, nn.BCEWithLogitsLoss())


def score(engine, batch):
    model.eval()
    with torch.no_grad():
        mails, labels = batch
        return {"said": model(mails), "logits": model(mails), "labels": labels}


judge = Engine(score)
precision = Precision(
    output_transform=lambda found: (found["labels"], (found["logits"] > 0).float())
)
precision.attach(judge, "precision")
trainer.run(train, max_epochs=4)
judge.run(held_out)
print(judge.state.metrics["precision"])
