"""What the command line can do, a function for each mode."""

from wirgan_tf import evaluation
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.command_line import Request
from wirgan_tf.commands.bulk import bulk_sample, bulk_statistics
from wirgan_tf.commands.evaluate import evaluate
from wirgan_tf.commands.gam import gam
from wirgan_tf.commands.sample import export, sample
from wirgan_tf.commands.serve import serve
from wirgan_tf.commands.toy import toy
from wirgan_tf.commands.train import train
from wirgan_tf.commands.train_classifier import train_classifier
from wirgan_tf.data import DATASETS
from wirgan_tf.models import LIKELIHOODS
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, PENALTIES
from wirgan_tf.presets import PRESETS
from wirgan_tf.registry import Registry
from wirgan_tf.toy import EXPERIMENTS


def list_choices(request: Request) -> None:
    """Prints every name that a flag can take."""
    del request
    for registry in (COMMANDS, PRESETS, DATASETS, NETWORKS, OBJECTIVES, LIKELIHOODS, PENALTIES,
                     evaluation.MEASURES, evaluation.FEATURE_NETWORKS, EXPERIMENTS, FORMATS):
        print(f"{registry.kind}: {', '.join(registry)}")


COMMANDS = Registry("mode", {
    "train": train,
    "evaluate": evaluate,
    "gam": gam,
    "train_classifier": train_classifier,
    "sample": sample,
    "export": export,
    "serve": serve,
    "bulk_sample": bulk_sample,
    "bulk_statistics": bulk_statistics,
    "toy": toy,
    "list": list_choices,
})
