"""--mode=train_classifier."""

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request


def train_classifier(request: Request) -> None:
    """Trains the classifier of a data set, whose features and classes the measures use, or with --seed=1 the second."""
    config = request.config()
    if config.seed not in evaluation.SEEDS:
        raise ValueError(f"--seed={config.seed}: the measures use the classifier of seed 0, and for classifier_error "
                         "that of seed 1 too; leave --seed out, or use --seed=1")
    classifier = evaluation.train_classifier(data.load(config, "train"), data.load(config, "test"), seed=config.seed)
    path = classifier.save(request.classifiers)
    print(f"{classifier.name}: {classifier.accuracy:.2%} of the test images right, saved as {path}")
