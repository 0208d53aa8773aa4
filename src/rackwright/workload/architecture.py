"""Any Hugging Face `config.json` becomes an `Architecture`, by its features.

    path, dict or catalogue name -> read_config -> mixer and feed-forward per layer -> groups of equal layers

One reader serves every family; what a family fixes in code without saying so in its config is data
(`data/model_families.yaml`). A key that could change the architecture and is not read raises `UnsupportedModelError`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rackwright.base.errors import UnsupportedModelError
from rackwright.workload.config import read_config, unknown_family, unread_keys
from rackwright.workload.feed_forwards import NO_FEED_FORWARD, dense, feed_forwards, matrices, moe
from rackwright.workload.mixers import NO_MIXER, mamba, mixers
from rackwright.workload.models import model_config
from rackwright.workload.reader import Reader
from rackwright.workload.records import Architecture, Attention, FeedForward, LayerGroup

Layer = tuple[Attention, FeedForward]
_DEEPEST = 10_000
_BLOCKS = {"M": "mamba", "*": "attention", "-": "mlp", "E": "moe"}


def name_of(path: Path) -> str:
    """Return what a model read from `path` is called: its folder.

    References
    ----------
    [1] Hugging Face hub: a model is a folder with a `config.json`.
    """
    return path.parent.name if path.suffix == ".json" else path.name


def architecture_of(source: Mapping[str, Any] | str | Path, name: str = "") -> Architecture:
    """Return the architecture that a config describes.

    Parameters
    ----------
    source : a catalogue model's name, the path of a `config.json` (or its folder), or the config itself
    name : what to call the model; by default the catalogue name, the file's folder or the config's `model_type`

    References
    ----------
    [1] Hugging Face transformers, `config.json` and modelling code of each family.

    Raises
    ------
    UnsupportedModelError
        If the config uses a feature that is not modelled, lacks a needed key, or cannot be read.
    UnknownNameError
        If `source` is text that is neither a catalogue name nor a path.
    """
    if isinstance(source, Mapping):
        config, called = read_config(source), str(source.get("model_type", "model"))
    elif isinstance(source, Path) or "/" in source or source.endswith(".json"):
        path = Path(source)
        config, called = read_config(path), name_of(path)
    else:
        config, called = read_config(model_config(source)), source
    read = Reader(config, name or called or "model")
    layers = _layers(read)
    return _assemble(read, layers)


def gpt(layers: int, hidden: int, heads: int, vocabulary: int = 51200, positions: int = 2048) -> Architecture:
    """Return a GPT-3 style model from plain numbers, as Megatron-LM papers state them.

    N = 12 l h^2 (1 + 13 / (12 h) + (V + s) / (12 l h))     (1)

    References
    ----------
    [1] Narayanan et al., Efficient large-scale language model training on GPU clusters, SC 2021, eq. 2.
    """
    config = {
        "model_type": "gpt2",
        "n_layer": layers,
        "n_embd": hidden,
        "n_head": heads,
        "vocab_size": vocabulary,
        "n_positions": positions,
    }
    return architecture_of(config, name=f"gpt-{layers}x{hidden}")


def _layers(read: Reader) -> list[Layer]:
    """Return (mixer, feed-forward) of every layer."""
    blocks = read.get("hybrid_override_pattern") or read.get("layers_block_type")
    if blocks:
        depth = read.whole("num_hidden_layers", len(blocks))
        if depth != len(blocks):
            raise UnsupportedModelError(f"{read.name}: {len(blocks)} blocks are listed for {depth} layers")
        return _blocks(read, blocks)
    if read.get("block_configs") is not None:
        return _searched(read)
    depth = read.positive("num_hidden_layers")
    if depth > _DEEPEST:
        raise UnsupportedModelError(f"{read.name}: {depth} layers (config key `num_hidden_layers`)")
    return list(zip(mixers(read, depth), feed_forwards(read, depth), strict=True))


def _blocks(read: Reader, blocks: Any) -> list[Layer]:
    """Read a list of blocks that are each one sublayer: state space, attention, dense or mixture."""
    names = [_BLOCKS.get(str(block), str(block)) for block in blocks]
    built: dict[str, Layer] = {}
    if "attention" in names:
        built["attention"] = (mixers(read, 1)[0], NO_FEED_FORWARD)
    if "mamba" in names:
        built["mamba"] = (mamba(read), NO_FEED_FORWARD)
    if "mlp" in names:
        built["mlp"] = (NO_MIXER, dense(read))
    if "moe" in names:
        built["moe"] = (NO_MIXER, moe(read))
    unknown = sorted(set(names) - built.keys())
    if unknown:
        raise UnsupportedModelError(f"{read.name}: block types {unknown} are not modelled")
    return [built[block] for block in names]


def _searched(read: Reader) -> list[Layer]:
    """Read per-layer blocks found by architecture search: heads per group and feed-forward multiples, or nothing."""
    heads, hidden = read.positive("num_attention_heads"), read.positive("hidden_size")
    depth, count = read.positive("num_hidden_layers"), matrices(read)
    layers = []
    for block in read.per_layer("block_configs", depth):
        attention, ff = block["attention"], block["ffn"]
        if attention.get("replace_with_linear") or ff.get("replace_with_linear") or attention.get("sparsify"):
            raise UnsupportedModelError(
                f"{read.name}: a searched block replaced by one matrix (`block_configs`) is not modelled"
            )
        mixer, feed_forward = NO_MIXER, NO_FEED_FORWARD
        if not attention.get("no_op"):
            width = hidden // heads
            mixer = Attention("gqa", heads, heads // int(attention["n_heads_in_group"]), width, width)
        if not ff.get("no_op"):
            feed_forward = FeedForward("dense", _rounded(2 * hidden * float(ff["ffn_mult"]) / 3), count)
        layers.append((mixer, feed_forward))
    return layers


def _rounded(width: float, step: int = 256) -> int:
    """Round a feed-forward width up to the step that the checkpoint's code uses."""
    return -(-int(width) // step) * step


def _draft_layers(read: Reader, layers: list[Layer]) -> list[Layer]:
    """Return the multi-token-prediction layers; they repeat the last layer unless the config lists their blocks."""
    count = read.whole("num_nextn_predict_layers", 0)
    if not count and read.flag("use_mtp"):
        count = read.whole("num_mtp_modules", 0) * read.whole("mtp_transformer_layers", 1)
    read.superseded("num_mtp_modules", "mtp_transformer_layers")
    blocks = read.get("mtp_layers_block_type")
    if not count:
        return []
    if blocks:
        return _blocks(read, blocks) * count
    return [layers[-1]] * count


def _assemble(read: Reader, layers: list[Layer]) -> Architecture:
    drafts = _draft_layers(read, layers)
    positions = read.whole("max_position_embeddings", 0) if read.flag("learned_positions") else 0
    architecture = Architecture(
        name=read.name,
        hidden=read.positive("hidden_size"),
        vocabulary=read.positive("vocab_size"),
        tied_embeddings=read.flag("tie_word_embeddings"),
        layers=grouped(layers),
        mtp_layers=grouped(drafts),
        learned_positions=positions + read.whole("position_offset", 0),
        norms_per_layer=read.whole("norms_per_layer", 2),
        norm_vectors=2 if read.flag("norm_bias") else 1,
        residual_streams=read.positive("hc_mult", 1),
        residual_attention=bool(read.whole("attn_res_block_size", 0)),
    )
    unread = [f"config key `{key}` is not read" for key in unread_keys(read.config, frozenset(read.used))]
    notes = [*dict.fromkeys(read.notes), *unknown_family(read.config), *unread]
    return dataclasses.replace(architecture, notes=tuple(notes))


def grouped(layers: Iterable[Layer]) -> tuple[LayerGroup, ...]:
    """Return layers as groups of equal ones, in order of first appearance.

    count = number of equal layers     (1)
    """
    found: dict[tuple[Any, ...], list[Any]] = {}
    for attention, feed_forward in layers:
        key = (dataclasses.astuple(attention), dataclasses.astuple(feed_forward))
        found.setdefault(key, [0, attention, feed_forward])[0] += 1
    return tuple(LayerGroup(count, attention, ff) for count, attention, ff in found.values())
