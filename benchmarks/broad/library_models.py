"""Models of Transformers, timm and torch_geometric at tiny sizes, for benchmarks/breadth.py."""

from __future__ import annotations

import copy
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .case import WIDTH, Case, Train, Unsuitable, bits_of

_MOST = 2_000_000  # parameters
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
    _declare_torchvision()
    try:
        import transformers.modeling_utils  # noqa: F401  no process need import it again
        from transformers.models.auto import modeling_auto as auto
    except ImportError:
        print("left out: transformers is not installed")
        return
    tasks = {
        "causal": auto.MODEL_FOR_CAUSAL_LM_MAPPING, "masked": auto.MODEL_FOR_MASKED_LM_MAPPING,
        "seq2seq": auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
        "images": auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING,
        "sequences": auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        "tokens": auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING, "bare": auto.MODEL_MAPPING,
    }  # fmt: skip
    for task, mapping in tasks.items():
        for key in mapping._model_mapping:
            yield Case("transformers", f"{key} ({task})", _transformer(mapping, key, task))


def _transformer(mapping: Any, key: str, task: str) -> Train:
    def train() -> list[Tensor]:
        model = _tiny(mapping, key)
        opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for _ in range(2):
            opt.zero_grad()
            _loss_of(model, task).backward()
            opt.step()
        return [p.detach().clone() for p in model.parameters()]

    return train


def _tiny(mapping: Any, key: str) -> Any:
    config_class = mapping._load_attr_from_module(key, mapping._config_mapping[key])
    found = mapping._model_mapping[key]
    name = found[0] if isinstance(found, tuple) else found
    model_class = mapping._load_attr_from_module(key, name)
    known = set(inspect.signature(config_class.__init__).parameters)
    known |= set(vars(config_class())) | set(getattr(config_class, "__annotations__", {}))
    config = config_class(**{name: size for name, size in _SMALL.items() if name in known})
    config.num_labels = 2
    with torch.device("meta"):
        size = sum(p.numel() for p in model_class(copy.deepcopy(config)).parameters())
    if size > _MOST:
        raise Unsuitable("too large for a tiny model")
    return model_class(config).train()


def _loss_of(model: Any, task: str) -> Tensor:
    ids = torch.randint(3, 30, (2, 8))
    if task == "images":
        return model(**_inputs_of(model, ids), labels=torch.tensor([0, 1])).loss
    if task == "bare":
        inputs = _inputs_of(model, ids)
        if getattr(model.config, "is_encoder_decoder", False):
            inputs["decoder_input_ids"] = ids
        found = model(**inputs)
        out = next(each for each in found.values() if isinstance(each, Tensor))
        return out.float().pow(2).mean()
    labels = {"sequences": torch.tensor([0, 1]), "tokens": ids % 2}.get(task, ids)
    return model(input_ids=ids, labels=labels).loss


def _inputs_of(model: Any, ids: Tensor) -> dict[str, Tensor]:
    name = getattr(model, "main_input_name", "input_ids")
    if name == "pixel_values":
        size = getattr(model.config, "image_size", 16)
        side = size if isinstance(size, int) else size[0]
        return {name: torch.randn(2, getattr(model.config, "num_channels", 3), side, side)}
    if name == "input_values":
        return {name: torch.randn(2, 2000)}
    return {name: torch.randn(2, 8, 16) if name == "inputs_embeds" else ids}


def timm_cases() -> Iterator[Case]:
    """Give timm's models of at most six million parameters, on small pictures."""
    _declare_torchvision()
    try:
        import timm
    except ImportError as error:
        print(f"left out: timm: {error}")
        return
    for name in timm.list_models():
        yield Case("timm", name, _timm(name))


def _declare_torchvision() -> None:
    """Let torchvision be imported where its compiled part does not fit torch: timm needs none."""
    if importlib.util.find_spec("torchvision") is None:
        return
    with suppress(ImportError, RuntimeError, OSError):
        importlib.import_module("torchvision")
        return
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    for name in ("nms", "qnms"):
        with suppress(RuntimeError):  # it is there
            torch.library.define(
                f"torchvision::{name}",
                "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            )


def _timm(name: str) -> Train:
    def train() -> list[Tensor]:
        import timm

        with torch.device("meta"):
            sizes = [p.numel() for p in timm.create_model(name, num_classes=2).parameters()]
        if sum(sizes) > 3 * _MOST:
            raise Unsuitable("too large for a tiny model")
        model = timm.create_model(name, num_classes=2).train()
        fixed = getattr(model, "patch_embed", None) is not None
        side = model.default_cfg["input_size"][-1] if fixed else 64
        if side > 224:
            raise Unsuitable("its pictures are too large")
        opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        opt.zero_grad()
        out = model(torch.randn(2, 3, side, side))
        functional.cross_entropy(out, torch.tensor([0, 1])).backward()
        opt.step()
        return [p.detach().clone() for p in model.parameters()]

    return train


def geometric_cases() -> Iterator[Case]:
    """Give the layers and models of torch_geometric that take (x, edge_index)."""
    try:
        from torch_geometric import nn as graphs
    except ImportError:
        print("left out: torch_geometric is not installed")
        return
    for family in (graphs.conv, graphs.models):
        for name in family.__all__:
            yield Case("torch_geometric", name, _geometric(getattr(family, name)))


# how the classes are made, the first that they take
_MADE: tuple[Callable[[Any], nn.Module], ...] = (
    lambda cls: cls(WIDTH, WIDTH), lambda cls: cls(WIDTH, WIDTH, 2),
    lambda cls: cls(WIDTH, WIDTH, 2, WIDTH), lambda cls: cls(WIDTH),
    lambda cls: cls(nn.Linear(WIDTH, WIDTH)), lambda cls: cls(nn.Linear(2 * WIDTH, WIDTH)),
    lambda cls: cls(WIDTH, WIDTH, dim=1, kernel_size=2), lambda cls: cls(),
)  # fmt: skip


def _geometric(cls: Any) -> Train:
    def train() -> list[Tensor]:
        x, edges = torch.randn(5, WIDTH), torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])
        layer = _working(cls, x, edges)
        head = nn.LazyLinear(1)
        head(_first(layer(x, edges)).detach())
        opt = torch.optim.Adam([*layer.parameters(), *head.parameters()])
        for _ in range(2):
            opt.zero_grad()
            head(_first(layer(x, edges))).pow(2).mean().backward()
            opt.step()
        return bits_of(layer, head)

    return train


def _working(cls: Any, x: Tensor, edges: Tensor) -> nn.Module:
    """Return a layer of the class that takes these."""
    for make in _MADE:
        with suppress(Exception):
            layer = make(cls)
            _first(layer(x, edges)).sum().item()
            return layer
    raise Unsuitable("it takes something else than (x, edge_index)")


def _first(out: Any) -> Tensor:
    return out[0] if isinstance(out, tuple) else out
