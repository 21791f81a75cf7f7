"""Keys by attribute path: complete, unique, and independent of the order of layers."""

import re

import keras
import pytest
import tensorflow as tf

from tests.networks.shapes import SHAPES
from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.presets import PRESETS
from wirgan_tf.training.variable_keys import keyed_variables

# Lists that Keras and TensorFlow keep by order, and names that Keras numbers by process.
OF_KERAS = re.compile(r"(^|/)(self_|operations|trainable|non_trainable|variable(_\d+)?($|/))")


def small(name):
    """The preset `name`, small, for data that has labels besides."""
    preset = Config(model=name)
    settings = {name: value for name, value in {"width": 4, "latent": 3}.items() if name in preset.settings()}
    steps = {"time_steps": 2} if preset.network.time_steps > 2 else {}
    config = preset.replace(generator_average=0.5, **settings, **steps)
    shape = SHAPES[config.network.name]
    return build_model(config, {"image": Entry(shape), "source": Entry(shape), "label": Entry((), tf.int64, ("a", "b")),
                                "attributes": Entry((2,), names=("c", "d")), "embedding": Entry((3,))})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_variable_of_every_preset_has_a_key_of_its_own(preset):
    model = small(preset)
    keyed = keyed_variables(model)
    variables = [variable for part in model.parts.values() for variable in part.variables] + [*model.state.values()]
    assert {id(variable) for variable in keyed.values()} == {id(variable) for variable in variables}
    assert len(keyed) == len({id(variable) for variable in variables})
    for key in keyed:
        assert not OF_KERAS.search(key), key
    for name, optimizer in model.parts.items():
        if isinstance(optimizer, keras.optimizers.Optimizer):
            others = {f"{name}/iteration", f"{name}/learning_rate"}
            slots = {key for key in keyed if key.startswith(f"{name}/")} - others
            assert slots
            assert {key.split("/", 2)[2] for key in slots} <= set(keyed)


def test_keys_read_as_the_code_does():
    keyed = keyed_variables(small("sngan"))
    assert {
        "generator/decoder/hidden.0/kernel", "generator/decoder/norms.1/moving_mean.0",
        "average_generator/decoder/dense/kernel",
        "critic/convolutions.0/layer/kernel", "critic/convolutions.0/vector_u", "generator_optimizer/learning_rate",
        "critic_optimizer/iteration", "critic_optimizer/velocities/critic/to_score/layer/bias"} <= set(keyed)
    assert keyed["critic_optimizer/velocities/critic/convolutions.1/layer/kernel"].shape == (5, 5, 4, 8)
    began = keyed_variables(small("began"))
    assert {"state/k", "state/convergence", "state/stall_lowest"} <= set(began)


class Parts:
    """As much of a model as has parts."""

    def __init__(self, state=(), **parts):
        self.parts, self.state = parts, dict(state)


def dense(units=2, **kwargs):
    layer = keras.layers.Dense(units, **kwargs)
    layer.build([1, 2])
    return layer


class TwoLayers(keras.layers.Layer):
    """Two layers of equal shape, made in either order; both called as they are listed."""

    def __init__(self, *order):
        super().__init__()
        for attribute in order:
            setattr(self, attribute, dense())


def test_layers_of_equal_shape_keep_their_keys_in_another_order():
    for order in (("first", "second"), ("second", "first")):
        layer = TwoLayers(*order)
        keyed = keyed_variables(Parts(net=layer))
        assert keyed["net/first/kernel"] is layer.first.kernel
        assert keyed["net/second/kernel"] is layer.second.kernel


def test_slots_go_by_the_weight_they_belong_to_whatever_the_order_they_were_built_in():
    layer = TwoLayers("first", "second")
    for reverse in (False, True):
        optimizer = keras.optimizers.Adam()
        optimizer.build(sorted(layer.trainable_variables, key=id, reverse=reverse))
        keyed = keyed_variables(Parts(optimizer=optimizer, net=layer))
        position = [variable is layer.second.kernel for variable in optimizer._trainable_variables].index(True)
        assert keyed["optimizer/velocities/net/second/kernel"] is optimizer._velocities[position]


@pytest.mark.parametrize("make", [
    lambda: keras.optimizers.SGD(momentum=0.9), lambda: keras.optimizers.SGD(), lambda: keras.optimizers.AdamW(),
    lambda: keras.optimizers.Adam(amsgrad=True), lambda: keras.optimizers.RMSprop(momentum=0.5, centered=True),
    lambda: keras.optimizers.Adam(use_ema=True), lambda: keras.optimizers.Adam(gradient_accumulation_steps=2),
    lambda: keras.optimizers.Lion(), lambda: keras.optimizers.Adafactor(), lambda: keras.optimizers.Nadam()])
def test_other_optimizers_of_keras(make):
    layer, optimizer = dense(), make()
    optimizer.build(layer.trainable_variables)
    keyed = keyed_variables(Parts(net=layer, optimizer=optimizer))
    assert {id(variable) for variable in keyed.values()} == {
        id(variable) for variable in [*layer.variables, *optimizer.variables]}


class Nested(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.by_name = {"up": [dense()], "down": (dense(),)}
        self._private = dense()
        self.pool = [keras.Variable([0.0], name="past"), keras.Variable([0.0], name="past")]
        self.stack = keras.Sequential([dense(), keras.layers.ReLU(), dense()])
        self.attention = keras.layers.MultiHeadAttention(1, 2)
        self.attention.build([1, 2, 2], [1, 2, 2])


def test_layers_in_dictionaries_sequences_and_private_attributes():
    layer = Nested()
    keyed = keyed_variables(Parts(net=layer))
    assert {"net/by_name.up.0/kernel", "net/by_name.down.0/bias", "net/private/kernel", "net/pool.1",
            "net/stack/layers.2/kernel", "net/attention/query_dense/kernel"} <= set(keyed)
    assert {id(variable) for variable in keyed.values()} == {id(variable) for variable in layer.variables}


def test_a_variable_of_two_parts_is_kept_once_under_the_first():
    trunk = dense()
    keyed = keyed_variables(Parts(critic=trunk, recognition=trunk))
    assert set(keyed) == {"critic/kernel", "critic/bias"}


class Unnamed(keras.layers.Layer):
    def build(self, input_shape):
        self.both = {name: self.add_weight(shape=(), name="gain") for name in ("a", "b")}
        self.one = self.add_weight(shape=(), name="same")
        self.other = self.add_weight(shape=(), name="same")


def test_two_variables_of_one_key_are_refused():
    layer = Unnamed()
    layer.build(None)
    with pytest.raises(ValueError, match=r"two variables have the key 'net/same'; give one of them another name"):
        keyed_variables(Parts(net=layer))
