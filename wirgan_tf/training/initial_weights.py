"""The weights that a run starts from when they are those of another run, or of an exported generator.

Weights are matched by their keys (`variable_keys`). Optimizers, learning rates, counters and what an objective
remembers start afresh.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np

from wirgan_tf.models import Model
from wirgan_tf.training.variable_keys import keyed_weights, networks_of
from wirgan_tf.wording import some_of

MISFITS = "misfits"  # in place of names: whatever does not fit
_SHOWN = 4  # weights that an error names
_AVERAGE = "average_"


class Taken(NamedTuple):
    """What became of the weights, by key: `taken`, left `fresh`, and `unused` ones of the other model."""

    taken: list[str]
    fresh: list[str]
    unused: list[str]


def take_weights(model: Model, weights: Mapping[str, np.ndarray], fresh: str = "") -> Taken:
    """Gives the networks of `model` the `weights` of another model: all that are not left fresh, or none.

    An average of weights starts from the other model's average, or else from its generator. A critic that holds another
    one, as a conditional critic does, starts from the other model's critic, and the other way round.

    Args:
      model: compiled, and not trained.
      weights: by key.
      fresh: prefixes, separated by commas, of the keys of weights that stay as they are, as in "critic" or
        "generator/decoder/dense"; or "misfits": those that `weights` does not have, or has in another shape.

    Raises: `ValueError` for weights that do not fit and are not to be left fresh, for prefixes of no key, and when no
      weights are left to take.
    """
    own = keyed_weights(networks_of(model))
    names = [name.strip() for name in fresh.split(",") if name.strip()]
    _check_names(names, own)
    origins = {key: next((other for other in _candidates(key) if other in weights), None) for key in own}
    misfits = {key for key, origin in origins.items() if origin is None or weights[origin].shape != own[key].shape}
    left = {key for key in own if any(_begins(key, name) for name in names)}
    if names == [MISFITS]:
        left = misfits
    if wrong := [key for key in own if key in misfits - left]:
        raise ValueError(f"the weights do not fit: {_described(wrong, origins, weights, own)}; init_fresh="
                         f"{','.join(dict.fromkeys([*names, *_beginnings(wrong, own)]))} leaves these as a new run has "
                         f"them, and init_fresh={MISFITS} whatever does not fit")
    taken = {key: origins[key] for key in own if key not in left}
    if not taken:
        raise ValueError(f"init_fresh={fresh} leaves no weights to take; leave out init_from")
    for key, origin in taken.items():
        own[key].assign(weights[origin])
    return Taken(list(taken), [key for key in own if key in left],
                 [key for key in weights if key not in taken.values()])


def of_networks(variables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The variables of a checkpoint that belong to networks.

    >>> list(of_networks({"critic/bias": 0.0, "critic_optimizer/iteration": 7, "state/k": 0.5}))
    ['critic/bias']
    """
    return {key: values for key, values in variables.items()
            if not key.split("/")[0].endswith("optimizer") and not key.startswith("state/")}


def grouped(keys: Sequence[str]) -> list[str]:
    """The networks of `keys`, each with the number of its weights.

    >>> grouped(["generator/dense/kernel", "generator/dense/bias", "critic/bias"])
    ['generator (2)', 'critic (1)']
    """
    networks = [key.split("/")[0] for key in keys]
    return [f"{name} ({networks.count(name)})" for name in dict.fromkeys(networks)]


def _candidates(key: str) -> Iterator[str]:
    """The keys under which another model may have the weights of `key`, the likeliest first."""
    yield key
    network, _, path = key.partition("/")
    yield f"{network}/{path.removeprefix(f'{network}/')}"
    yield f"{network}/{network}/{path}"
    if network.startswith(_AVERAGE):
        yield f"{network.removeprefix(_AVERAGE)}/{path}"


def _begins(key: str, name: str) -> bool:
    return f"{key}/".startswith(f"{name}/")


def _check_names(names: Sequence[str], own: Mapping[str, keras.Variable]) -> None:
    if names == [MISFITS]:
        return
    if wrong := [name for name in names if not any(_begins(key, name) for key in own)]:
        networks = ", ".join(dict.fromkeys(key.split("/")[0] for key in own))
        raise ValueError(f"init_fresh={wrong[0]}: this model has no such weights; its networks are {networks}, and "
                         f"{next(iter(own))} is one of its weights; {MISFITS}: all that do not fit")


def _beginnings(wrong: Sequence[str], own: Mapping[str, keras.Variable]) -> list[str]:
    """The shortest prefixes that only `wrong` keys have: what to leave fresh."""
    fitting = [key for key in own if key not in wrong]
    found = []
    for key in wrong:
        words = key.split("/")
        prefixes = ("/".join(words[:length]) for length in range(1, len(words) + 1))
        found.append(next(prefix for prefix in prefixes if not any(_begins(other, prefix) for other in fitting)))
    return list(dict.fromkeys(found))


def _described(wrong: Sequence[str], origins: Mapping[str, str | None], weights: Mapping[str, np.ndarray],
               own: Mapping[str, keras.Variable]) -> str:
    phrases = []
    for key in wrong:
        there = "none there" if origins[key] is None else f"{list(weights[origins[key]].shape)} there"
        phrases.append(f"{key} ({there}, {list(own[key].shape)} here)")
    return some_of(phrases, _SHOWN)
