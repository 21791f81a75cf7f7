"""--mode=train."""

import functools
import logging
from collections.abc import Sequence

import tensorflow as tf

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import check_measures, export_version, instruments, set_precision, with_critic
from wirgan_tf.config import Config
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.strategies import InterruptedRunError, Workers, build_strategy

_FEWEST = 10  # held-out images that a training run is measured by
BRIEF_SEED, BRIEF_SAMPLES = 1_000_000, 1_000  # that training is judged by; the pictures show those of seed 0


def train(request: Request) -> None:
    """Trains a run, or goes on with it; at the end evaluates its generator briefly and exports it.

    Of several workers the chief does all but the training alone.
    """
    config = request.config()
    check_measures(request, config)
    strategy = build_strategy(request.strategy)
    workers = Workers(strategy)
    set_precision(config)
    with workers.noticing_loss():
        finished = (_train_and_measure if workers.is_chief else _help_to_train)(request, config, strategy)
        workers.meet()
    if workers.several and not finished:
        raise InterruptedRunError("stopped and saved; start all workers again to go on")


def _help_to_train(request: Request, config: Config, strategy: tf.distribute.Strategy) -> bool:
    return loop.train(config, RunDirectory(request.run_path(config)), strategy=strategy) is not None


def _train_and_measure(request: Request, config: Config, strategy: tf.distribute.Strategy) -> bool:
    """Whether the run came to its end."""
    run = RunDirectory(request.run_path(config))
    held_out = data.load(config, "test")
    looking = _instruments(request, held_out)
    distance = looking and functools.partial(_distance, held_out, looking, run)
    export = functools.partial(export_version, config=config, run=run, base=run.export)
    model = loop.train(config, run, strategy=strategy, evaluate=distance, export=export)
    if model is None:
        print(f"stopped and saved; go on with: {request.resume_command(run.path)}")
        return False
    if looking:
        looking = with_critic(looking, model)
        print(evaluation.table(_measure(Sampler(model.sampler, config.noise), int(model.iteration),
                                        request.measures(), held_out, looking, run)))
    print(f"pictures in {run.samples}, generator exported to {export(model)}")
    return True


def _instruments(request: Request, held_out: data.Source) -> evaluation.Instruments | None:
    """Who measures a run in training; None for points, which have no features, and for too few images."""
    if len(held_out.shape) != 3:
        return None
    if held_out.size < _FEWEST:
        logging.info("not measuring: %d test images, at least %d are needed", held_out.size, _FEWEST)
        return None
    return instruments(request, held_out)


def _measure(sampler: Sampler, iteration: int, measures: Sequence[str], held_out: data.Source,
             looking: evaluation.Instruments, run: RunDirectory) -> list[evaluation.Result]:
    protocol = evaluation.Protocol(measures, min(BRIEF_SAMPLES, held_out.size), seed=BRIEF_SEED)
    results = evaluation.evaluate(lambda seeds: sampler.images(seeds)[None], held_out, looking, protocol,
                                  iteration=iteration)
    evaluation.append(results, run.metrics_file)
    evaluation.write_summaries(results, run.tensorboard)
    return results


def _distance(held_out: data.Source, looking: evaluation.Instruments, run: RunDirectory, sampler: Sampler,
              iteration: int) -> tuple[str, float]:
    """The Fréchet distance, by which the best checkpoint is kept."""
    result, = _measure(sampler, iteration, ["fid"], held_out, looking, run)
    return result.name, result.value
