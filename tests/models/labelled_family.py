"""A family of conditional models: a label and a vector of attributes go through generator, critic and penalty.

Inside `registered()`, `Config(model="labelled_gan")` is its preset, and its data set the digits with two attributes.
Of the network `mlp` it takes sizes and kinds of initial weights alone.
"""

import contextlib

import pytest
import tensorflow as tf

from tests.data.marked_digits import MarkedDigits
from wirgan_tf.data import DATASETS
from wirgan_tf.models import FAMILIES, AdversarialModel
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.networks.critic import ConditionalCritic
from wirgan_tf.networks.generator import Generator
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.mlp import Perceptron, PerceptronDecoder
from wirgan_tf.networks.passes import INFERENCE
from wirgan_tf.noise import Noise
from wirgan_tf.presets import GP_WIRGAN, PRESETS

CLASSES = 10
PRESET = GP_WIRGAN | {
    "family": "labelled_gan", "network": "mlp", "dataset": "marked_digits", "time_steps": 1, "width": 8, "latent": 3,
    "batch_size": 4, "critic_updates": 2, "initializer": "glorot", "critic_initializer": "he"}


class LabelledGenerator(Generator):
    """Draws images from noise `z` and the conditions, which stand among its inputs."""

    independent_samples = True

    def __init__(self, shape, settings, seed):
        super().__init__(name="generator")
        self.noise = {"z": Noise((settings.latent,), settings.noise)}
        layers = Layers(WeightInitializers(settings.initializer, seed, GENERATOR))
        self.decoder = PerceptronDecoder(shape, settings.width, layers, "tanh")

    def draw(self, inputs, run=INFERENCE):
        return {"image": self.decoder(tf.concat([inputs["z"], features(inputs)], axis=1), run=run)}


class LabelledCritic(ConditionalCritic):
    def __init__(self, settings, seed):
        super().__init__(name="critic")
        self.perceptron = Perceptron(1, settings.width, settings.critic_layers(seed), name="perceptron")

    def call(self, images, conditions, run=INFERENCE):
        pixels = tf.reshape(images, [tf.shape(images)[0], images.shape[1:].num_elements()])
        return self.perceptron(tf.concat([pixels, features(conditions)], axis=1), run=run)[:, 0]


def features(conditions):
    return tf.concat([tf.one_hot(conditions["label"], CLASSES), conditions["attributes"]], axis=1)


class LabelledModel(AdversarialModel):
    def draw(self, networks, noise, conditions, run=INFERENCE):
        return networks["generator"].draw({**noise, **conditions}, run)


class LabelledGan(Adversarial):
    condition_names = ("label", "attributes")
    model_class = LabelledModel

    def build_generators(self, config, spec):
        generator = LabelledGenerator(tuple(spec["image"].shape), config.network, config.seed)
        generator.draw({"z": tf.zeros([1, config.network.latent]), **blank(self.conditions(spec))})
        return {"generator": generator}

    def build_critics(self, config, spec):
        critic = LabelledCritic(config.network, config.seed)
        critic(tf.zeros([1, *spec["image"].shape]), conditions=blank(self.conditions(spec)))
        return {"critic": critic}


def blank(spec):
    """One row of zeros."""
    return {name: tf.zeros([1, *entry.shape], entry.dtype) for name, entry in spec.items()}


@contextlib.contextmanager
def registered():
    with pytest.MonkeyPatch.context() as patch:
        for registry, name, choice in ((FAMILIES, "labelled_gan", LabelledGan), (PRESETS, "labelled_gan", PRESET),
                                       (DATASETS, "marked_digits", MarkedDigits)):
            patch.setattr(registry, "_choices", dict(registry._choices))
            registry.register(name, choice)
        yield
