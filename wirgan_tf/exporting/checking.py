"""Checks in the graph of an export, which fail as INVALID_ARGUMENT, and what signatures have in common."""

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.entries import Entry, Spec

MOST_SAMPLES = 1024

Tensors = dict[str, tf.Tensor]
Signature = tuple[Callable[..., Tensors], list[tf.TensorSpec]]


def of_inputs(function: Callable[[Tensors], Tensors], specs: dict[str, tf.TensorSpec]) -> Signature:
    """`function` of a dictionary as a function of as many arguments, which are named by their specs."""
    return lambda *inputs: function(dict(zip(specs, inputs, strict=True))), list(specs.values())


def checked(value, condition, *message):
    """`value`, passed on only if `condition` holds."""
    with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(condition), message)]):
        return tf.identity(value)


def checked_rows(inputs: Tensors) -> Tensors:
    """`inputs`, checked to have as many rows each as the first."""
    (first, values), *others = inputs.items()
    rows = tf.shape(values)[0]
    for name, other in others:
        found = tf.shape(other)[0]
        values = checked(values, found == rows, f"expected a row of {name} for each {first}, got", found, "for", rows)
    return inputs | {first: values}


def checked_conditions(inputs: Tensors, conditions: Spec) -> Tensors:
    """`inputs`, of which those that are `conditions` are checked to be in range."""
    found = dict(inputs)
    for name, entry in conditions.items():
        if limits := entry.limits(name):
            values, (least, greatest) = inputs[name], limits
            in_range = (values >= least) & (values <= greatest)
            found[name] = checked(values, in_range, f"{name} must be {least} to {greatest}, got",
                                  tf.boolean_mask(values, ~in_range))
    return found


def name_signatures(conditions: Spec) -> dict[str, Signature]:
    """For each of the `conditions` with names, signatures that list them, and which of them exclude one another."""
    told = {f"{name}_names_rows": ("names", entry.names) for name, entry in conditions.items() if entry.names}
    told |= {f"{name}_groups_rows": ("groups", _group_numbers(entry)) for name, entry in conditions.items()
             if entry.groups}
    seeds = {"seed": tf.TensorSpec([None], tf.int64, "seed")}
    return {signature: of_inputs(functools.partial(_told_rows, *answer), seeds) for signature, answer in told.items()}


def _group_numbers(entry: Entry) -> np.ndarray:
    """The number of the group of each attribute, int64 [A]; -1 for those in none."""
    numbers = np.full(len(entry.names), -1)
    for number, places in enumerate(entry.group_places):
        numbers[places] = number
    return numbers


def _told_rows(output: str, values: Sequence, inputs: Mapping[str, tf.Tensor]) -> Tensors:
    rows = tf.size(inputs["seed"])
    rows = checked(rows, (rows >= 1) & (rows <= MOST_SAMPLES), f"expected 1 to {MOST_SAMPLES} rows, got", rows)
    return {output: tf.repeat(tf.constant(values)[tf.newaxis], rows, axis=0)}


def png_files(images) -> tf.Tensor:
    """PNG files, string [...], of images [..., H, W, C] in [-1, 1]; pixels as in `pictures.to_pixels`."""
    pixels = tf.clip_by_value(tf.floor((images + 1.0) * 127.5 + 0.5), 0.0, 255.0)
    return tf.image.encode_png(tf.cast(pixels, tf.uint8))
