# expect: nothing
# One head per language; each batch uses one of them.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.ModuleDict(
    {
        "trunk": nn.Linear(5, 10),
        "heads": nn.ModuleDict({"de": nn.Linear(10, 3), "fr": nn.Linear(10, 3)}),
    }
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for i, x in enumerate(torch.randn(6, 8, 5)):
    language = "de" if i % 3 else "fr"
    logits = model["heads"][language](torch.relu(model["trunk"](x)))
    optimizer.zero_grad()
    nn.functional.cross_entropy(logits, x[:, :3].argmax(1)).backward()
    optimizer.step()
