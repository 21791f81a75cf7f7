"""Updates of a model, one after the other: compiled, fed with batches, and stopped when a loss is not finite."""

import functools
from collections.abc import Iterator

import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import Logs, Model
from wirgan_tf.training.running_logs import RunningLogs


def updates(config: Config, model: Model, examples: data.Source,
            strategy: tf.distribute.Strategy | None = None) -> Iterator[tuple[int, RunningLogs]]:
    """Makes the updates of `model` up to `config.iterations`, and yields the number of each with the logs so far.

    Logs are means over the replicas. They are checked every `config.log_every` updates and after the last one; a caller
    that writes something at another update checks them first.

    Raises: `TrainingDivergedError` for logs that are not finite, naming them and the update.
    """
    strategy = strategy or tf.distribute.get_strategy()
    first = int(model.iteration)
    update = compiled_update(model, strategy, config.jit_compile)
    batches = _batches(config, examples, strategy, first)
    logs = RunningLogs(f"{config.model} on {config.dataset}")
    for iteration in range(first + 1, config.iterations + 1):
        logs.add(iteration, update(next(batches)))
        if iteration % config.log_every == 0 or iteration == config.iterations:
            logs.check()
        yield iteration, logs


def compiled_update(model: Model, strategy: tf.distribute.Strategy, jit_compile: bool):
    """One generator update as a compiled function of its batches; returns the logs, their means over the replicas."""
    # Models have no Python control flow on tensors; converting them as if they had would take most of the tracing time.
    @tf.function(jit_compile=jit_compile or None, autograph=False)
    def update(batch) -> Logs:
        logs = strategy.run(model.train_step, args=(batch,))
        return {name: strategy.reduce("MEAN", value, axis=None) for name, value in logs.items()}

    return update


def _batches(config: Config, examples: data.Source, strategy: tf.distribute.Strategy, first_step: int) -> Iterator:
    """For each generator update, the batches of every replica of this process, each from a pipeline of its own."""
    replicas = strategy.num_replicas_in_sync

    @functools.cache
    def pipeline(replica: int) -> Iterator:
        return iter(data.training_batches(
            examples, batch_size=config.batch_size, batches=config.family.batches, seed=config.seed,
            first_step=first_step, shard=replica, num_shards=replicas))

    while True:
        if replicas == 1:
            yield next(pipeline(0))
        else:
            yield strategy.experimental_distribute_values_from_function(
                lambda context: next(pipeline(context.replica_id_in_sync_group)))
