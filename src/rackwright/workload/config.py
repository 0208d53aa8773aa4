"""Read a Hugging Face `config.json`: nested text models flattened, spellings unified, families' implied keys filled in.

Three tables in `data/model_families.yaml` do the work: `spellings` (one name per feature), `families` (what a model
class fixes in code and its config therefore leaves unsaid), and `harmless` (keys that change no shape). A key in none
of them that could change the architecture is an error; any other is noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rackwright.base.errors import UnsupportedModelError
from rackwright.catalogue.loader import read_data

Config = dict[str, Any]

LARGEST_FILE = 2_000_000
_NESTED = ("text_config", "language_config", "llm_config", "language_model_config")
_SUSPICIOUS = re.compile(
    r"ssm|mamba|rwkv|recurren|state_size|linear_|conv|hybrid|block|layer|expert|moe|attn|attention|head|kv_|latent|lora|"
    r"rank|index|sparse|compress|window|hash|hyper|hc_|mtp|nextn|memory|depth|hidden|dim|size|ngram|engram|cross|encoder"
)


def read_config(source: Mapping[str, Any] | str | Path) -> Config:
    """Return the language model's config with one spelling per feature and its family's implied keys.

    References
    ----------
    [1] Hugging Face transformers, configuration classes; the keys of `config.json`.

    Raises
    ------
    UnsupportedModelError
        If the file cannot be read as a JSON object, or two spellings of one feature disagree.
    """
    raw = dict(source) if isinstance(source, Mapping) else read_file(Path(source))
    return with_family(unified(flattened(raw)))


def read_file(path: Path) -> Config:
    """Return the content of a `config.json`, or of the one in a folder, as it stands.

    References
    ----------
    [1] Hugging Face transformers, `config.json`.

    Raises
    ------
    UnsupportedModelError
        If there is no such file, or it is no JSON object of a sensible size.
    """
    path = path / "config.json" if path.is_dir() else path
    if not path.is_file():
        raise UnsupportedModelError(f"{path}: there is no such file")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnsupportedModelError(f"{path}: larger than {LARGEST_FILE} bytes; a model's config.json is expected")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnsupportedModelError(f"{path}: cannot be read: {error}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnsupportedModelError(f"{path}: is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise UnsupportedModelError(f"{path}: is not a JSON object")
    return content


def flattened(raw: Mapping[str, Any]) -> Config:
    """Return the text model of a multi-modal config; `tie_word_embeddings` is kept from outside where only said there.

    References
    ----------
    [1] Hugging Face transformers, `PretrainedConfig.get_text_config`.
    """
    for name in _NESTED:
        inner = raw.get(name)
        if isinstance(inner, Mapping):
            outer = {key: raw[key] for key in ("tie_word_embeddings",) if key in raw and key not in inner}
            return {**flattened(inner), **outer}
    return dict(raw)


def unified(raw: Mapping[str, Any]) -> Config:
    """Return the config with one spelling per feature.

    References
    ----------
    [1] The `spellings` table of `data/model_families.yaml`.
    """
    spellings = {other: name for name, others in read_data("model_families")["spellings"].items() for other in others}
    result: Config = {}
    for key, value in raw.items():
        name = spellings.get(key, key)
        if value is None:
            continue
        if name in result and result[name] != value:
            raise UnsupportedModelError(
                f"`{key}`: {value!r} contradicts another spelling of `{name}`: {result[name]!r}"
            )
        result[name] = value
    return result


def with_family(config: Config) -> Config:
    """Return the config with what its family fixes in code; a stated key always wins.

    References
    ----------
    [1] The `families` table of `data/model_families.yaml`.
    """
    families = read_data("model_families")["families"]
    family = families.get(str(config.get("model_type", "")), {})
    return {**families["*"], **family.get("implied", {}), **config, **family.get("fixed", {})}


def unknown_family(config: Config) -> tuple[str, ...]:
    """Return a note when the config's family is not known, so that what it leaves unsaid is taken as in Llama.

    References
    ----------
    [1] The `families` table of `data/model_families.yaml`.
    """
    family = str(config.get("model_type", ""))
    if not family or family in read_data("model_families")["families"]:
        return ()
    return (f"model_type `{family:.60}` is not known: what its config leaves unsaid is taken as in Llama",)


def unread_keys(config: Config, used: frozenset[str]) -> tuple[str, ...]:
    """Return the harmless-looking keys nobody read; raise for one that could change the architecture.

    References
    ----------
    [1] The `harmless` and `unmodelled` tables of `data/model_families.yaml`.
    """
    tables = read_data("model_families")
    harmless = re.compile("|".join(f"(?:{pattern})" for pattern in tables["harmless"]))
    family = tables["families"].get(str(config.get("model_type", "")), {})
    left = []
    for key in sorted(config.keys() - used - family.get("implied", {}).keys()):
        value = config[key]
        if not value and not isinstance(value, str):
            continue
        if key in tables["unmodelled"]:
            raise UnsupportedModelError(f"{tables['unmodelled'][key]} is not modelled (config key `{key}`)")
        if harmless.fullmatch(key):
            continue
        if _SUSPICIOUS.search(key):
            raise UnsupportedModelError(
                f"config key `{key}` may change the architecture and is not known: {value!r:.80}"
            )
        left.append(key)
    return tuple(left)
