# expect: BT402 at update 1
# source: torch.nn.CrossEntropyLoss, PyTorch documentation: the input is expected to contain the unnormalized logits
import torch
import torch.nn.functional as F

torch.manual_seed(3)
seg = torch.nn.Sequential(
    torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(8, 4, 1)
)
opt = torch.optim.Adam(seg.parameters(), lr=3e-3)


def compute_loss(batch):
    probs = torch.sigmoid(seg(batch["image"]))
    return F.cross_entropy(probs, batch["mask"])


for _ in range(3):
    batch = {"image": torch.rand(2, 3, 9, 9), "mask": torch.randint(0, 4, (2, 9, 9))}
    loss = compute_loss(batch)
    opt.zero_grad()
    loss.backward()
    opt.step()
