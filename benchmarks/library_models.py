"""Models of Transformers, timm and torch_geometric at tiny sizes, for benchmarks/breadth.py."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
from typing import Any

import torch
from architectures import WIDTH, Case, Train, bits_of
from torch import Tensor, nn
from torch.nn import functional

_SMALL = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
    "vocab_size": 40, "num_key_value_heads": 2, "head_dim": 8, "d_model": 16, "d_ff": 16,
    "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "num_layers": 1,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "n_embd": 16,
    "n_layer": 2, "n_head": 2, "n_positions": 32, "max_position_embeddings": 32, "num_heads": 2,
    "d_kv": 8, "embedding_size": 16, "pad_token_id": 0, "dim": 16, "hidden_dim": 16, "n_heads": 2,
    "n_layers": 2, "ffn_dim": 16, "word_embed_proj_dim": 16, "num_decoder_layers": 1,
    "num_local_experts": 2, "num_experts": 2, "num_experts_per_tok": 1, "moe_intermediate_size": 8,
    "image_size": 16, "patch_size": 8, "state_size": 4, "n_routed_experts": 2, "time_step_rank": 4,
    "kv_lora_rank": 8, "q_lora_rank": 8, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8,
    "v_head_dim": 8, "rotary_dim": 4, "bos_token_id": 1, "eos_token_id": 2, "n_group": 1,
    "topk_group": 1, "hidden_sizes": [8, 8, 8, 8], "depths": [1, 1, 1, 1], "num_channels": 3,
    "vocab_size_per_layer_input": 40, "type_vocab_size": 2, "shared_expert_intermediate_size": 8,
    "linear_num_key_heads": 2, "linear_num_value_heads": 2, "linear_key_head_dim": 8,
    "linear_value_head_dim": 8, "attention_window": 4,
}  # fmt: skip


def transformers_cases() -> Iterator[Case]:
    """Give models of Transformers that a small configuration can be made of."""
    try:
        from transformers.models.auto import modeling_auto as auto
    except ImportError:
        return
    tasks = {
        "causal": auto.MODEL_FOR_CAUSAL_LM_MAPPING, "masked": auto.MODEL_FOR_MASKED_LM_MAPPING,
        "seq2seq": auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
        "images": auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING,
        "sequences": auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        "tokens": auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING,
    }  # fmt: skip
    for task, mapping in tasks.items():
        names = mapping._model_mapping
        for key in names:
            yield Case("transformers", f"{key} ({task})", _transformer(mapping, key, task))


def _transformer(mapping: Any, key: str, task: str) -> Train:
    def train() -> list[Tensor]:
        config_class = mapping._load_attr_from_module(key, mapping._config_mapping[key])
        found = mapping._model_mapping[key]
        name = found[0] if isinstance(found, tuple) else found
        model_class = mapping._load_attr_from_module(key, name)
        known = set(inspect.signature(config_class.__init__).parameters)
        known |= set(vars(config_class())) | set(getattr(config_class, "__annotations__", {}))
        config = config_class(**{name: size for name, size in _SMALL.items() if name in known})
        config.num_labels = 2
        if sum(p.numel() for p in _on_meta(model_class, config)) > 2_000_000:
            raise ValueError("too large for a tiny model")
        model = model_class(config).train()
        opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
        ids = torch.randint(3, 30, (2, 8))
        for _ in range(2):
            opt.zero_grad()
            if task == "images":
                size = getattr(config, "image_size", 16)
                side = size if isinstance(size, int) else size[0]
                out = model(pixel_values=torch.randn(2, 3, side, side), labels=torch.tensor([0, 1]))
            elif task == "sequences":
                out = model(input_ids=ids, labels=torch.tensor([0, 1]))
            elif task == "tokens":
                out = model(input_ids=ids, labels=ids % 2)
            else:
                out = model(input_ids=ids, labels=ids)
            out.loss.backward()
            opt.step()
        return [p.detach().clone() for p in model.parameters()]

    return train


def _on_meta(model_class: Any, config: Any) -> list[Tensor]:
    with torch.device("meta"):
        return list(model_class(copy.deepcopy(config)).parameters())


def timm_cases() -> Iterator[Case]:
    """Give timm's models of at most six million parameters, on small pictures."""
    try:
        import timm
    except ImportError:
        return
    for name in timm.list_models():
        yield Case("timm", name, _timm(name))


def _timm(name: str) -> Train:
    def train() -> list[Tensor]:
        import timm

        with torch.device("meta"):
            sizes = [p.numel() for p in timm.create_model(name, num_classes=2).parameters()]
        if sum(sizes) > 6_000_000:
            raise ValueError("too large for a tiny model")
        model = timm.create_model(name, num_classes=2).train()
        fixed = getattr(model, "patch_embed", None) is not None
        side = model.default_cfg["input_size"][-1] if fixed else 64
        if side > 224:
            raise ValueError("its pictures are too large")
        opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        for _ in range(1):
            opt.zero_grad()
            functional.cross_entropy(
                model(torch.randn(2, 3, side, side)), torch.tensor([0, 1])
            ).backward()
            opt.step()
        return [p.detach().clone() for p in model.parameters()]

    return train


def geometric_cases() -> Iterator[Case]:
    """Give the layers of torch_geometric that take (x, edge_index)."""
    try:
        from torch_geometric import nn as graphs
    except ImportError:
        return
    for name in graphs.conv.__all__:
        yield Case("torch_geometric", name, _geometric(getattr(graphs.conv, name)))


def _geometric(cls: Any) -> Train:
    def train() -> list[Tensor]:
        layer = cls(WIDTH, WIDTH)
        head = nn.Linear(WIDTH, 1)
        opt = torch.optim.Adam([*layer.parameters(), *head.parameters()])
        x, edges = torch.randn(5, WIDTH), torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])
        for _ in range(2):
            opt.zero_grad()
            head(layer(x, edges)).pow(2).mean().backward()
            opt.step()
        return bits_of(layer, head)

    return train
