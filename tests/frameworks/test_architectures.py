"""Over a hundred architectures train to the same bits with and without us, their books balanced."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from layer_nets import NETS
from torch import Tensor, nn

import backtrace
from backtrace.ledger.books import worst
from backtrace.ledger.events import Unseen
from backtrace.ledger.trace import Trace

UPDATES = 3


def loss_of(output: Any) -> Tensor:
    """Return a number that every element of an output has a share in."""
    if isinstance(output, tuple):
        return sum((loss_of(each) for each in output if each is not None), torch.zeros(()))
    return (output.float() - 0.3).pow(2).mean()


def bits(tensor: Tensor) -> Tensor:
    """Return the bytes of a tensor, in which NaN is NaN and -0.0 is not 0.0."""
    return tensor.detach().reshape(-1).contiguous().view(torch.uint8)


def train(model: nn.Module, batches: list[Any], forward: Callable[..., Tensor]) -> None:
    """Train with momentum or, where gradients are sparse, without."""
    sparse = any(getattr(module, "sparse", False) for module in model.modules())
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.02, momentum=0.0 if sparse else 0.9)
    torch.manual_seed(1)
    for batch in batches:
        optimizer.zero_grad()
        forward(model, batch).backward()
        optimizer.step()


def prove_harmless(model: nn.Module, batches: list[Any], forward: Callable[..., Tensor]) -> Trace:
    """Train a model and its copy, one of them recorded; hold them to each other to the bit."""
    other = copy.deepcopy(model)
    train(model, batches, forward)
    with backtrace.record(other) as trace:
        train(other, batches, forward)
    mine, theirs = model.state_dict(), other.state_dict()
    assert mine.keys() == theirs.keys()
    for name, tensor in mine.items():
        assert torch.equal(bits(tensor), bits(theirs[name])), name
    updates = [update for update in trace.updates if update.is_complete]
    assert len(updates) == len(batches)
    balance = worst(b for each in updates for b in (each.grad_books, each.value_books))
    assert balance.is_known and balance.is_balanced
    assert [event for event in trace.events if isinstance(event, Unseen)] == []
    assert any(row.change is not None and row.change.norm > 0 for row in updates[0].rows.values())
    return trace


def test_there_are_more_than_a_hundred():
    assert len(NETS) > 100


@pytest.mark.parametrize("name", NETS)
@pytest.mark.filterwarnings("ignore")
def test_torch_nn(name):
    make, feed = NETS[name]
    torch.manual_seed(0)
    model = make()
    batches = [feed() for _ in range(UPDATES)]
    with torch.no_grad():
        model(*batches[0])  # lazy layers take their sizes from it
    prove_harmless(model, batches, lambda model, batch: loss_of(model(*batch)))


# -- small models of `transformers`, their weights random --------------------------------------

SMALL = {
    "vocab_size": 32, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 16, "max_position_embeddings": 16, "pad_token_id": 0,
}  # fmt: skip
GPT = {"vocab_size": 32, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 16}
PICTURES = {"image_size": 16, "patch_size": 8, "num_channels": 3}
DECODERS = {"num_key_value_heads": 1, "head_dim": 8}
ENDS = {"bos_token_id": 1, "eos_token_id": 2}
MODELS: dict[str, dict[str, Any]] = {
    "albert": SMALL | {"embedding_size": 8},
    "bert": SMALL,
    "distilbert": {"vocab_size": 32, "dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16},
    "electra": SMALL | {"embedding_size": 8},
    "roberta": SMALL,
    "mpnet": SMALL,
    "deberta-v2": SMALL | {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    "gpt2": GPT | ENDS,
    "gpt_neox": SMALL | ENDS,
    "opt": SMALL | ENDS | {"ffn_dim": 16, "word_embed_proj_dim": 16},
    "bloom": {"vocab_size": 32, "hidden_size": 16, "n_layer": 1, "n_head": 2} | ENDS,
    "llama": SMALL | DECODERS | ENDS,
    "mistral": SMALL | DECODERS | ENDS,
    "qwen2": SMALL | DECODERS | ENDS,
    "gemma": SMALL | DECODERS | ENDS,
    "phi": SMALL | ENDS,
    "vit": SMALL | PICTURES,
    "deit": SMALL | PICTURES,
    "convnext": {"hidden_sizes": [8, 8, 8, 8], "depths": [1, 1, 1, 1]},
    "resnet": {"embedding_size": 8, "hidden_sizes": [8, 8], "depths": [1, 1]},
}


def make_transformer(name: str) -> tuple[nn.Module, list[Any]]:
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.for_model(name, **MODELS[name])
    torch.manual_seed(0)
    model = AutoModel.from_config(config).train()
    is_image = name in {"vit", "deit", "convnext", "resnet"}
    side = 32 if name in {"convnext", "resnet"} else 16
    batches: list[Any] = [
        {"pixel_values": torch.randn(2, 3, side, side)}
        if is_image
        else {"input_ids": torch.randint(3, 32, (2, 6))}
        for _ in range(UPDATES)
    ]
    return model, batches


@pytest.mark.frameworks
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.filterwarnings("ignore")
def test_transformers(name):
    pytest.importorskip("transformers", reason="pip install -e '.[frameworks]'")
    model, batches = make_transformer(name)
    prove_harmless(model, batches, lambda model, batch: loss_of(model(**batch)[0]))
