"""--mode=train."""

import functools
import logging
from collections.abc import Callable, Sequence

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import check_measures, export_version, feature_network, set_precision
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory

_FEWEST = 10  # held-out images that a training run is measured by
BRIEF_SEED, BRIEF_SAMPLES = 1_000_000, 1_000  # that training is judged by; the pictures show those of seed 0

Measurement = Callable[[Sampler, int, Sequence[str]], list[evaluation.Result]]


def train(request: Request) -> None:
    """Trains a run, or goes on with it; at the end evaluates its generator briefly and exports it."""
    config = request.config()
    check_measures(request)
    run = RunDirectory(request.run_path(config))
    set_precision(config)
    measure = _measurement(request, data.load(config, "test"), run)
    export = functools.partial(export_version, config=config, run=run, base=run.export)
    model = loop.train(config, run, evaluate=measure and functools.partial(_distance, measure), export=export)
    if model is None:
        print(f"stopped and saved; go on with: {request.resume_command(run.path)}")
        return
    if measure:
        results = measure(Sampler(model.sampler, config.noise), int(model.iteration), request.measures())
        print(evaluation.table(results))
    print(f"pictures in {run.samples}, generator exported to {export(model)}")


def _measurement(request: Request, held_out: data.Source, run: RunDirectory) -> Measurement | None:
    """How a run in training is measured; None for points, which have no features, and for too few images."""
    if len(held_out.shape) != 3:
        return None
    if held_out.size < _FEWEST:
        logging.info("not measuring: %d test images, at least %d are needed", held_out.size, _FEWEST)
        return None
    network = feature_network(request, held_out.name)

    def measure(sampler: Sampler, iteration: int, measures: Sequence[str]) -> list[evaluation.Result]:
        images = sampler.images(row_seeds(BRIEF_SEED, min(BRIEF_SAMPLES, held_out.size)))
        results = evaluation.evaluate_samples(images, held_out, network, split="test", seed=BRIEF_SEED,
                                              iteration=iteration, measures=measures)
        evaluation.append(results, run.metrics_file)
        return results

    return measure


def _distance(measure: Measurement, sampler: Sampler, iteration: int) -> tuple[str, float]:
    """The Fréchet distance, by which the best checkpoint is kept."""
    result, = measure(sampler, iteration, ["fid"])
    return result.name, result.value
