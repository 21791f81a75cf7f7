"""--mode=evaluate and --mode=train_classifier."""

import pathlib

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import check_measures, feature_network, given, restored
from wirgan_tf.commands.train import BRIEF_SAMPLES, BRIEF_SEED
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.training.run_directory import RunDirectory


def evaluate(request: Request) -> None:
    """Measures a run's or an export's samples against held-out data."""
    check_measures(request)
    seed, count = request.given.get("seed", BRIEF_SEED), request.num_samples or BRIEF_SAMPLES
    if request.run_dir:
        config, model = restored(request)
        images, iteration = Sampler(model.sampler, config.noise).images(row_seeds(seed, count)), int(model.iteration)
    else:
        folder = given(request.model_dir, "evaluate", "--run_dir of a run or --model_dir of an exported generator")
        exported = ExportedGenerator(folder)
        config = Config(dataset=exported.dataset, data_dir=request.given.get("data_dir", ""),
                        image_size=exported.shape[0] if len(exported.shape) == 3 else 0)
        images, iteration = exported.images(row_seeds(seed, count)), exported.metadata["iteration"]
    held_out = data.load(config, "test")
    results = evaluation.evaluate_samples(
        images, held_out, feature_network(request, held_out.name), split="test", seed=seed, iteration=iteration,
        measures=request.measures())
    if request.run_dir:
        evaluation.append(results, RunDirectory(pathlib.Path(request.run_dir)).metrics_file)
    print(evaluation.table(results))


def train_classifier(request: Request) -> None:
    """Trains the classifier of a data set, whose features and classes the measures use."""
    config = request.config()
    if config.seed:
        raise ValueError(f"--seed={config.seed}: the measures use the classifier of seed 0; leave --seed out")
    classifier = evaluation.train_classifier(data.load(config, "train"), data.load(config, "test"))
    path = classifier.save(request.classifiers)
    print(f"{classifier.name}: {classifier.accuracy:.2%} of the test images right, saved as {path}")
