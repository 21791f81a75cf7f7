"""Weights of another model: which are taken, which are refused, which are left as they are."""

import re

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.training.initial_weights import grouped, take_weights
from wirgan_tf.training.variable_keys import keyed_variables, keyed_weights, networks_of

SPEC = {"image": Entry((8, 8, 1)), "label": Entry((), tf.int64, ("cat", "dog"))}
SMALL = {"width": 2, "latent": 4, "time_steps": 1}


def model_of(**changes):
    return build_model(Config(**{**SMALL, **changes}), SPEC)


def weights_of(model):
    return {key: np.array(variable.numpy()) for key, variable in keyed_weights(networks_of(model)).items()}


@pytest.fixture(scope="module")
def trained():
    """Weights that no new model has."""
    return {key: values + 1.0 for key, values in weights_of(model_of(seed=1)).items()}


def test_weights_alone_are_taken(trained):
    model = model_of(seed=2)
    before = {key: np.array(variable.numpy()) for key, variable in keyed_variables(model).items()}
    found = take_weights(model, trained)
    assert (found.fresh, found.unused, set(found.taken)) == ([], [], set(trained))
    for key, variable in keyed_variables(model).items():
        np.testing.assert_array_equal(variable.numpy(), trained.get(key, before[key]), err_msg=key)


def test_an_average_starts_from_the_generator_when_there_is_no_other(trained):
    model = model_of(generator_average=0.9)
    take_weights(model, trained)
    found = weights_of(model)
    for key, values in found.items():
        np.testing.assert_array_equal(values, trained[key.removeprefix("average_")])
    other = {**trained, **{key: values + 1.0 for key, values in found.items() if key.startswith("average_")}}
    take_weights(model, other)
    np.testing.assert_array_equal(weights_of(model)["average_generator/decoder/dense/kernel"],
                                  trained["generator/decoder/dense/kernel"] + 1.0)


def test_what_does_not_fit_is_named_and_nothing_is_taken(trained):
    model = model_of(model="conditional_gp_wirgan")
    before = weights_of(model)
    message = (r"do not fit: generator/decoder/dense/kernel \(\[8, 16\] there, \[72, 16\] here\), "
               r"generator/embedding/table \(none there, \[2, 64\] here\), critic/projection/table \(none there, .*; "
               "init_fresh=generator/decoder/dense,generator/embedding,critic/projection leaves these")
    with pytest.raises(ValueError, match=message):
        take_weights(model, trained)
    for key, values in weights_of(model).items():
        np.testing.assert_array_equal(values, before[key])


@pytest.mark.parametrize("fresh", ["misfits", "generator/decoder/dense, generator/embedding,critic/projection"])
def test_from_unconditional_to_conditional(trained, fresh):
    """The critic inside a projection critic starts from the unconditional one."""
    model = model_of(model="conditional_gp_wirgan")
    before = weights_of(model)
    found = take_weights(model, trained, fresh)
    left = {"generator/decoder/dense/kernel", "generator/embedding/table", "critic/projection/table"}
    assert set(found.fresh) == left
    assert found.unused == ["generator/decoder/dense/kernel"]
    for key, values in weights_of(model).items():
        expected = before[key] if key in left else trained[key.replace("critic/critic/", "critic/")]
        np.testing.assert_array_equal(values, expected, err_msg=key)


def test_from_conditional_to_unconditional():
    weights = weights_of(model_of(model="conditional_gp_wirgan", seed=3))
    model = model_of()
    assert take_weights(model, weights, "misfits").fresh == ["generator/decoder/dense/kernel"]
    np.testing.assert_array_equal(weights_of(model)["critic/to_score/kernel"], weights["critic/critic/to_score/kernel"])


def test_a_generator_alone_leaves_the_critic_fresh_when_asked_to(trained):
    generator = {key: values for key, values in trained.items() if key.startswith("generator/")}
    with pytest.raises(ValueError, match=r"critic/convolutions.0/kernel \(none there.* init_fresh=critic leaves"):
        take_weights(model_of(), generator)
    assert grouped(take_weights(model_of(), generator, "critic").taken) == [f"generator ({len(generator)})"]


@pytest.mark.parametrize(("fresh", "message"), [
    ("critc", "init_fresh=critc: this model has no such weights; its networks are generator, critic, and generator/"),
    ("gen", "init_fresh=gen: this model has no such weights"),
    ("critic,misfits", "init_fresh=misfits: this model has no such weights"),
    ("critic,generator", "leaves no weights to take; leave out init_from")])
def test_names_that_are_none(trained, fresh, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        take_weights(model_of(), trained, fresh)


def test_counts_of_masks_begin_anew():
    other = model_of(critic_dropout=0.5)
    assert "drawn_masks" in " ".join(keyed_variables(other))
    assert "drawn_masks" not in " ".join(weights_of(other))
