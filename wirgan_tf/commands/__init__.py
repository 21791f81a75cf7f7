"""What the command line can do: a class for each mode, with its flags and its `run`."""

from wirgan_tf.commands.bulk_sample import BulkSample
from wirgan_tf.commands.bulk_statistics import BulkStatistics
from wirgan_tf.commands.compare import Compare
from wirgan_tf.commands.evaluate import Evaluate
from wirgan_tf.commands.export import Export
from wirgan_tf.commands.gam import Gam
from wirgan_tf.commands.list_choices import ListChoices
from wirgan_tf.commands.mode import Mode
from wirgan_tf.commands.sample import Sample
from wirgan_tf.commands.serve import Serve
from wirgan_tf.commands.study import StudyRuns
from wirgan_tf.commands.toy import Toy
from wirgan_tf.commands.train import Train
from wirgan_tf.commands.train_classifier import TrainClassifier
from wirgan_tf.parts import PartRegistry

MODES: PartRegistry[type[Mode]] = PartRegistry("mode", {
    "train": Train,
    "evaluate": Evaluate,
    "gam": Gam,
    "train_classifier": TrainClassifier,
    "sample": Sample,
    "export": Export,
    "serve": Serve,
    "bulk_sample": BulkSample,
    "bulk_statistics": BulkStatistics,
    "study": StudyRuns,
    "compare": Compare,
    "toy": Toy,
    "list": ListChoices,
})
