"""The training loop: drives `train_step` through a distribution strategy, watches it and never loses its work."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping

import tensorflow as tf
import tqdm

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import Model, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training.checkpoints import Checkpoints, newest_checkpoint
from wirgan_tf.training.preemption import StopRequest
from wirgan_tf.training.run_directory import EXPORTED, JUDGED, RunDirectory
from wirgan_tf.training.run_lock import run_lock
from wirgan_tf.training.running_logs import TrainingDivergedError
from wirgan_tf.training.stages import take_first_stage
from wirgan_tf.training.strategies import Workers
from wirgan_tf.training.updates import updates
from wirgan_tf.training.variable_keys import keyed_variables
from wirgan_tf.training.watching import Watch

Evaluate = Callable[[Sampler, int], tuple[str, float, bool]]
"""Measures a generator after this many updates: name and value of the measure that the best one is chosen by, and
whether higher is better."""
Export = Callable[[Model], object]
"""Exports the generator of a model in training."""
Initialize = Callable[[Model], object]
"""Gives the weights of `config.init_from` to a model that has not been trained."""
_AGREE_EVERY = 5  # updates


def train(config: Config, run: RunDirectory, *, splits: data.Splits | None = None,
          strategy: tf.distribute.Strategy | None = None, evaluate: Evaluate | None = None,
          export: Export | None = None, initialize: Initialize | None = None) -> Model | None:
    """Trains a run to `config.iterations` generator updates, from its newest checkpoint on if it has one.

    Under a strategy of several workers each of them calls this with the same config. The chief alone reads and writes
    the run directory, evaluates and exports; the others start from its weights and wait for it in their next update.

    Args:
      config: the run's definition.
      run: where it is kept.
      splits: what it is trained on and watched by; those of `config.data` when None.
      strategy: devices to train on; the default strategy's one device when None.
      evaluate: called every `config.eval_every` updates and at the end.
      export: called every `config.export_every` updates before the end, after `evaluate`.
      initialize: called once in a run, before its first update; must be given with `config.init_from`.

    Returns: the trained model, or None when it was asked to stop before the end, its work saved.

    Raises: `TrainingDivergedError` for a loss that is not finite, naming the update and the last good checkpoint;
    `ValueError` when the run directory holds another run or a run on other data, the strategy cannot train this one, or
    `initialize` is missing with `config.init_from`;
    `OSError` when something cannot be written, or another process trains this run.
    """
    strategy = strategy or tf.distribute.get_strategy()
    workers = Workers(strategy)
    _check_devices(config, strategy)
    workers.check_same(config)
    if config.init_from and initialize is None and workers.is_chief:
        raise ValueError(f"init_from={config.init_from}: pass `initialize`, or train by wirgan_tf.train")
    run.check(config)
    splits = splits or data.load_splits(config.data, config.validation_share)
    run.check_data(splits.identity)
    with strategy.scope():
        model = build_model(config, splits.train.spec)
    with run_lock(run.path) if workers.is_chief else contextlib.nullcontext():
        keeper = _Keeper(config, run, model, splits, evaluate, export, initialize) if workers.is_chief else None
        workers.take_from_chief(keyed_variables(model).values())
        return model if _trained(config, run, model, splits, strategy, workers, keeper) else None


def _trained(config: Config, run: RunDirectory, model: Model, splits: data.Splits, strategy: tf.distribute.Strategy,
             workers: Workers, keeper: "_Keeper | None") -> bool:
    """Trains the model to the run's end, and says whether the end was reached."""
    bar = tqdm.tqdm(total=config.iterations, initial=int(model.iteration), unit="update", desc=config.model,
                    dynamic_ncols=True, mininterval=0.5 if sys.stderr.isatty() else 30.0, disable=not workers.is_chief)
    if int(model.iteration) < config.iterations:
        bar.set_postfix_str("compiling the update")
    shown = ""
    with bar, StopRequest() as stop, _naming_last_checkpoint(run):
        for iteration, running in updates(config, model, splits.train, strategy):
            stopping = iteration < config.iterations and _asked_to_stop(stop, workers, iteration)
            if stopping or _writes_after(config, iteration):
                running.check()
            logs = None
            if stopping or iteration % config.log_every == 0 or iteration == config.iterations:
                logs = running.means()
                shown = f"{model.progress}={logs[model.progress]:.3g}"
            if keeper is not None:
                keeper.after_update(iteration, logs, stopping)
            bar.set_postfix_str(shown, refresh=False)
            bar.update()
            if stopping:
                workers.meet()  # once the chief has saved
                logging.info("stopped by %s after update %d, saved as %s",
                             stop.received.name if stop.received else "another worker", iteration,
                             newest_checkpoint(run.checkpoints))
                return False
    if keeper is not None:
        keeper.close()
    return True


def _asked_to_stop(stop: StopRequest, workers: Workers, iteration: int) -> bool:
    """Whether a worker was asked to stop; several workers agree on it only at some updates, since they have to wait."""
    if workers.several and iteration % _AGREE_EVERY:
        return False
    return workers.any(stop.received is not None)


def _writes_after(config: Config, iteration: int) -> bool:
    """Whether something besides the means of the logs may be due: all workers then see whether training has failed."""
    intervals = (config.checkpoint_every, config.sample_every, config.eval_every, config.export_every)
    return any(every and iteration % every == 0 for every in intervals)


class _Keeper:
    """Keeps a run as its model trains: restores and saves it, watches it, has it evaluated and exported."""

    def __init__(self, config: Config, run: RunDirectory, model: Model, splits: data.Splits,
                 evaluate: Evaluate | None, export: Export | None, initialize: Initialize | None):
        self._config, self._model, self._evaluate, self._export = config, model, evaluate, export
        self._checkpoints = Checkpoints(model, run.checkpoints, config.keep_checkpoints, settings=config.fixed())
        first = self._checkpoints.restore()
        if first > config.iterations:
            raise ValueError(f"{run.path} has made {first} updates, iterations={config.iterations} was asked for; "
                             "ask for more, or use another run directory")
        if self._checkpoints.newest is None:
            if config.init_from:
                initialize(model)
            take_first_stage(model, config, run, splits.train.spec)
            if config.init_from:
                self._checkpoints.save()  # so that a resumed run does not take them again
        run.prepare(config, splits)
        if first == config.iterations:
            logging.info("%s has made its %d updates; for more, %s", run.path, first, _how_to_go_on(config))
        elif first:
            logging.info("resuming %s after update %d", run.path, first)
        self._sampler = Sampler(model, data.conditions_of(splits.validation or splits.train, model.data_conditions))
        self._watch = Watch(config, model, self._sampler, splits, run)
        self._run = run
        if first:
            self._make_up_for_stop(first)
        else:
            for what in (JUDGED, EXPORTED):
                run.save_done(what, 0)

    def after_update(self, iteration: int, logs: Mapping[str, float] | None, stopping: bool) -> None:
        """Does what is due after generator update `iteration`; when stopping, saves and writes what a person watches.

        `logs`, when due, are means over the updates since they were last given.
        """
        with self._watch.speed.after_update():
            self._do_what_is_due(iteration, logs, stopping)

    def _do_what_is_due(self, iteration: int, logs: Mapping[str, float] | None, stopping: bool) -> None:
        config, last = self._config, iteration == self._config.iterations
        if last or stopping or iteration % config.checkpoint_every == 0:
            self._checkpoints.save()  # first: whoever stops a run may kill it soon after
        self._watch.after_update(iteration, logs)
        if stopping:
            return
        if self._is_judged_after(iteration):
            self._judge(iteration)
        if self._is_exported_after(iteration):
            self._export_now(iteration)
        elif last:
            self._run.save_done(EXPORTED, iteration)  # by the caller

    def _make_up_for_stop(self, iteration: int) -> None:
        """Does what was due after update `iteration`, if the run was stopped after its checkpoint and before that."""
        def is_missing(what: str) -> bool:
            done = self._run.load_done(what)
            return done is not None and done < iteration

        if self._is_judged_after(iteration) and is_missing(JUDGED):
            self._judge(iteration)
        if self._is_exported_after(iteration) and is_missing(EXPORTED):
            self._export_now(iteration)

    def _is_judged_after(self, iteration: int) -> bool:
        every, last = self._config.eval_every, iteration == self._config.iterations
        return self._evaluate is not None and (last or bool(every and iteration % every == 0))

    def _is_exported_after(self, iteration: int) -> bool:
        every, last = self._config.export_every, iteration == self._config.iterations
        return self._export is not None and not last and bool(every and iteration % every == 0)

    def _judge(self, iteration: int) -> None:
        self._checkpoints.save_if_best(*self._evaluate(self._sampler, iteration))
        self._run.save_done(JUDGED, iteration)

    def _export_now(self, iteration: int) -> None:
        self._export(self._model)
        self._run.save_done(EXPORTED, iteration)

    def close(self) -> None:
        self._watch.close()


def _how_to_go_on(config: Config) -> str:
    """How a person can go on with a run that has come to its end."""
    if config.replace(iterations=config.iterations + 1).differences(config):
        return "start another run from it, by init_from: its learning rates have fallen to their ends"
    return "raise iterations"


@contextlib.contextmanager
def _naming_last_checkpoint(run: RunDirectory) -> Iterator[None]:
    try:
        yield
    except TrainingDivergedError as error:
        newest = newest_checkpoint(run.checkpoints)
        kept = f"the last good checkpoint is {newest}" if newest else "no checkpoint was saved before"
        raise TrainingDivergedError(f"{error}; {kept}") from error


def _check_devices(config: Config, strategy: tf.distribute.Strategy) -> None:
    replicas = strategy.num_replicas_in_sync
    if rest := config.batch_size % replicas:
        sizes = (config.batch_size - rest, config.batch_size - rest + replicas)
        raise ValueError(f"batch_size={config.batch_size} must divide evenly among {replicas} devices; use "
                         f"{' or '.join(str(size) for size in sizes if size)}")
    if config.jit_compile and replicas > 1:
        raise ValueError(f"jit_compile compiles for one device, and there are {replicas}; turn it off, or use "
                         "strategy=one")
