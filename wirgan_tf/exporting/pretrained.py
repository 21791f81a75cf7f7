"""Small trained generators that come with the package: a folder each, with weights as float16.

| file | |
|---|---|
| `generator.npz` | the generator's weights by key, float16 |
| `model.json` | the run's config, what an example of its data has, and what is known of the model |
| `card.md` | what it is, its data, the command that trained it, its measures, its limits, its licence |
| `samples.png`, `refinement.png` | pictures that the card shows |

`scripts/package_generator.py` writes them.
"""

import hashlib
import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np

from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.data import labels_as_frequent
from wirgan_tf.entries import Entry, Spec
from wirgan_tf.exporting.saved_model import export_generator, versions
from wirgan_tf.files import CACHE, expanded, write_whole
from wirgan_tf.models import Model, build_model
from wirgan_tf.models.sampling import Conditions
from wirgan_tf.registry import Registry
from wirgan_tf.training.variable_files import read_arrays, write_variables
from wirgan_tf.training.variable_keys import keyed_weights

FOLDER = pathlib.Path(__file__).parents[1] / "pretrained"
MOST_BYTES = 10**6  # of the weights
_WEIGHTS, _MODEL = "generator.npz", "model.json"


class Pretrained(NamedTuple):
    """A packaged generator.

    config: of the run that trained it.
    spec: what an example of its data has.
    about: `iteration`, `measures`, `data_identity` and `frequencies`, as in an export's metadata.
    """

    folder: pathlib.Path
    config: Config
    spec: Spec
    about: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    def model(self) -> Model:
        """A model whose `sampled_generators` have the weights; its critic is as in a new run."""
        model = build_model(self.config, self.spec)
        found = read_arrays(self.folder / _WEIGHTS)
        for key, variable in keyed_weights(model.sampled_generators).items():
            variable.assign(found[key].astype(np.float32))
        return model

    @property
    def default_conditions(self) -> Callable[[np.ndarray], Conditions] | None:
        """Labels of the samples of seeds, as frequent as in its training data; None when that is not known."""
        frequencies = self.about["frequencies"].get("label")
        return labels_as_frequent(frequencies) if frequencies else None

    def export_base(self) -> pathlib.Path:
        """The folder of its versions as a SavedModel, written to the cache when it is first asked for."""
        content = b"".join((self.folder / name).read_bytes() for name in (_WEIGHTS, _MODEL))
        digest = hashlib.sha256(f"{__version__} ".encode() + content).hexdigest()
        base = expanded(CACHE) / "pretrained" / digest[:16] / self.name
        if not versions(base):
            try:
                export_generator(self.model(), self.config, base, version=1, **self.about)
            except (OSError, ValueError):
                if not versions(base):  # or another process has made it in the meantime
                    raise
        return base


def pretrained_names() -> list[str]:
    """The generators that come with this installation."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{_MODEL}"))


def find_pretrained(name: str) -> Pretrained:
    """The packaged generator `name`. Raises `ValueError` when there is none of this name, listing those there are."""
    names = pretrained_names()
    if not names:
        raise ValueError(f"pretrained={name}: no generator comes with this installation; train one, or package one "
                         "with scripts/package_generator.py")
    folder = Registry("packaged generator", {name: FOLDER / name for name in names})[name]
    found = json.loads((folder / _MODEL).read_text())
    spec = {entry: Entry.from_json(fields) for entry, fields in found["spec"].items()}
    return Pretrained(folder, Config.from_json(found["config"]), spec, found["about"])


def write_pretrained(folder: pathlib.Path, weights: Mapping[str, np.ndarray], config: Config, spec: Spec,
                     about: Mapping[str, Any]) -> Pretrained:
    """Writes weights and description of a generator to `folder`.

    Args:
      folder: is made; its name is the generator's.
      weights: of `sampled_generators`, by key.
      config, spec, about: see `Pretrained`; `config` without paths.

    Raises: `ValueError` for weights of more than 1 MB as float16, and for values that float16 does not hold.
    """
    with np.errstate(over="ignore"):  # checked below
        halves = {key: np.asarray(values, np.float16) for key, values in weights.items()}
    if wide := [key for key, values in halves.items() if not np.isfinite(values).all()]:
        raise ValueError(f"{wide[0]} has values that float16 does not hold (beyond 65504)")
    size = sum(values.nbytes for values in halves.values())
    if size > MOST_BYTES:
        largest = max(halves, key=lambda key: halves[key].nbytes)
        raise ValueError(f"{folder.name}: the generator takes {size / 1e6:.2f} MB as float16, {largest} "
                         f"{halves[largest].nbytes / 1e6:.2f} MB of it; at most {MOST_BYTES / 1e6:g} MB come with the "
                         "package: train one of smaller --width or --latent")
    folder.mkdir(parents=True, exist_ok=True)
    write_variables(folder / _WEIGHTS, {key: keras.Variable(values, dtype="float16") for key, values in halves.items()})
    description = {"config": config.to_json(), "spec": {name: entry.to_json() for name, entry in spec.items()},
                   "about": dict(about)}
    write_whole(folder / _MODEL, json.dumps(description, indent=1).encode() + b"\n")
    return Pretrained(folder, config, spec, dict(about))
