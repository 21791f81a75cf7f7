"""--mode=evaluate: measures a run or an export, once or at every checkpoint of a training."""

import logging
import pathlib
import time
from collections.abc import Iterator

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import check_measures, export_config, given, instruments, restored, with_critic
from wirgan_tf.commands.train import BRIEF_SAMPLES, BRIEF_SEED
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models import Model, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory

_POLL_SECONDS = 5.0


def evaluate(request: Request) -> None:
    """Measures a run's or an export's samples against real images."""
    check_measures(request)
    if request.watch:
        _watch(request)
    elif request.run_dir:
        config, model = restored(request)
        _measure_run(request, config, model, *_real(request, config))
    else:
        _measure_export(request)


def _protocol(request: Request) -> evaluation.Protocol:
    return evaluation.Protocol(request.measures(), request.num_samples or BRIEF_SAMPLES, request.split,
                               request.given.get("seed", BRIEF_SEED), request.eval_seeds)


def _real(request: Request, config: Config) -> tuple[data.Source, evaluation.Instruments]:
    source = data.load(config, request.split)
    return source, instruments(request, source)


def _measure_run(request: Request, config: Config, model: Model, source: data.Source,
                 looking: evaluation.Instruments) -> list[evaluation.Result]:
    looking = with_critic(looking, model)
    results = evaluation.evaluate(_draw(request, Sampler(model.sampler, config.noise)), source, looking,
                                  _protocol(request), iteration=int(model.iteration), progress=True)
    run = RunDirectory(pathlib.Path(request.run_dir))
    evaluation.append(results, run.metrics_file)
    evaluation.write_summaries(results, run.tensorboard)
    print(evaluation.table(results))
    return results


def _measure_export(request: Request) -> None:
    exported = ExportedGenerator(
        given(request.model_dir, "evaluate", "--run_dir of a run or --model_dir of an exported generator"))
    real = _real(request, export_config(request, exported.metadata))
    results = evaluation.evaluate(_draw(request, exported), *real, _protocol(request),
                                  iteration=exported.metadata["iteration"], progress=True)
    print(evaluation.table(results))


def _draw(request: Request, sampler: Sampler | ExportedGenerator) -> evaluation.Draw:
    return sampler.canvases if request.per_step else lambda seeds: sampler.images(seeds)[None]


def _watch(request: Request) -> None:
    """Measures every checkpoint as it appears, until the last; the best by the first measure is kept as "watched"."""
    run = RunDirectory(given(request.run_dir, "evaluate --watch", "--run_dir of a run"))
    config = request.run_config()
    source, looking = _real(request, config)
    model = build_model(config, run.load_shape())
    checkpoints = Checkpoints(model, run.checkpoints, config.keep_checkpoints, best="watched")
    judged_by = evaluation.MEASURES[request.measures()[0]]
    for iteration in _new_checkpoints(checkpoints, config.iterations):
        logging.info("checkpoint of update %d", iteration)
        first = _measure_run(request, config, model, source, looking)[0]
        if checkpoints.save_if_best(first.name, first.value, judged_by.higher_is_better):
            logging.info("the best by %s so far, kept as --checkpoint=watched", first.name)


def _new_checkpoints(checkpoints: Checkpoints, last: int) -> Iterator[int]:
    """Restores the newest checkpoint whenever there is a newer one, until that of update `last`."""
    seen = 0
    while seen < last:
        if checkpoints.newest_update > seen:
            seen = checkpoints.restore()
            yield seen
            if seen < last:
                logging.info("waiting for the checkpoint after update %d; Ctrl-C ends it", seen)
        else:
            time.sleep(_POLL_SECONDS)
