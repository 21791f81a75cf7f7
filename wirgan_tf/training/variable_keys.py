"""Keys for a model's variables: their names in the code, not their positions in a list.

Keras' own paths will not do: layers of equal names repeat them, and layers without a name are numbered per process. The
slots of its optimizers are found through two private names, `_trainable_variables` and `_variables`.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from wirgan_tf.models import Model
from wirgan_tf.networks.dropout import MASK_COUNT


def keyed_variables(model: Model) -> dict[str, keras.Variable]:
    """All variables that a run has to remember of a compiled model, by keys that are unique and stable.

    * a weight: its part, the attributes that lead to its layer and its own name, as in
      "generator/decoder/hidden.0/kernel"; layers in lists by index, in dictionaries by key
    * an optimizer's slot: the optimizer's name, the slot's and the key of the weight, as in
      "critic_optimizer/velocities/critic/hidden.0/kernel"
    * what else an optimizer has: "critic_optimizer/iteration"
    * what is remembered besides the parts: "state/k"

    A variable of several parts has the key that it has in the first of them.

    Raises: `ValueError` for two variables of one key.
    """
    keys = _Keys()
    for name, network in networks_of(model).items():
        keys.add_layer(name, network)
    for name, optimizer in optimizers_of(model).items():
        keys.add_optimizer(name, optimizer)
    for name, variable in model.state.items():
        keys.add(f"state/{name}", variable)
    return keys.variables


def networks_of(model: Model) -> dict[str, keras.layers.Layer]:
    """The networks of a model by name, averages among them."""
    optimizers = optimizers_of(model)
    return {name: part for name, part in model.parts.items() if name not in optimizers}


def optimizers_of(model: Model) -> dict[str, keras.optimizers.Optimizer]:
    """The optimizers of a model by name."""
    return {name: part for name, part in model.parts.items() if isinstance(part, keras.optimizers.Optimizer)}


def keyed_weights(networks: Mapping[str, keras.layers.Layer]) -> dict[str, keras.Variable]:
    """The weights of networks by the keys that they have in `keyed_variables`, without counts of drawn masks."""
    keys = _Keys()
    for name, network in networks.items():
        keys.add_layer(name, network)
    return {key: variable for key, variable in keys.variables.items() if variable.name != MASK_COUNT}


class _Keys:
    """Collects variables by key, each once."""

    def __init__(self):
        self.variables: dict[str, keras.Variable] = {}
        self._key_of: dict[int, str] = {}

    def add(self, key: str, variable: keras.Variable) -> None:
        if id(variable) in self._key_of:
            return
        if key in self.variables:
            raise ValueError(f"two variables have the key {key!r}; give one of them another name, or hold their layers "
                             "in attributes")
        self.variables[key] = variable
        self._key_of[id(variable)] = key

    def add_layer(self, key: str, layer: keras.layers.Layer, above: tuple[int, ...] = ()) -> None:
        """Adds the variables of the layers inside first; those that are left are the layer's own."""
        above = (*above, id(layer))
        for path, held in _held(layer):
            if isinstance(held, keras.Variable):
                self.add(f"{key}/{path}", held)
            elif id(held) not in above:
                self.add_layer(f"{key}/{path}", held, above)
        for variable in layer.variables:
            self.add(f"{key}/{variable.name}", variable)

    def add_optimizer(self, key: str, optimizer: keras.optimizers.Optimizer) -> None:
        trained = optimizer._trainable_variables
        for attribute, slots in vars(optimizer).items():
            is_slots = isinstance(slots, list) and len(slots) == len(trained)
            if not is_slots or attribute in ("_trainable_variables", "_variables"):
                continue
            for slot, variable in zip(slots, trained, strict=True):
                if isinstance(slot, keras.Variable):
                    self.add(f"{key}/{attribute.strip('_')}/{self._key_of[id(variable)]}", slot)
        for variable in optimizer.variables:
            self.add(f"{key}/{variable.name}", variable)


def _held(layer: keras.layers.Layer) -> Iterator[tuple[str, Any]]:
    """The layers in a layer's attributes, and variables in lists, each by its path; in the order of attributes' names.

    A variable that is an attribute by itself goes by its own name.
    """
    if isinstance(layer, keras.Sequential):
        yield from _members("layers", layer.layers)
        return
    for attribute, value in sorted(vars(layer).items()):
        if attribute not in _attributes_of_keras() and not isinstance(value, keras.Variable):
            yield from _members(attribute.strip("_"), value)


def _members(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, keras.layers.Layer | keras.Variable):
        yield path, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _members(f"{path}.{name}", member)
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from _members(f"{path}.{index}", member)


@functools.cache
def _attributes_of_keras() -> frozenset[str]:
    """The attributes in which Keras and TensorFlow themselves list what a layer holds."""
    example = keras.Model()
    example.layer, example.listed = keras.layers.Layer(), [keras.layers.Layer()]
    return frozenset(vars(example)) - {"layer", "listed"}
