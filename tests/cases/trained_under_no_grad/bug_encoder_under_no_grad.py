# expect: BT304 at update 1
# source: torch.no_grad, PyTorch documentation
# also: BT204, BT207
import torch
import torch.nn.functional as F

torch.manual_seed(0)
encoder = torch.nn.Sequential(torch.nn.Linear(12, 8), torch.nn.ReLU())
classifier = torch.nn.Linear(8, 3)
optimizer = torch.optim.Adam([*encoder.parameters(), *classifier.parameters()], lr=1e-3)

for it in range(5):
    x = torch.randn(16, 12)
    y = x[:, :3].argmax(1)
    with torch.no_grad():
        z = encoder(x)
    loss = F.cross_entropy(classifier(z), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
