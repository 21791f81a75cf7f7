"""--mode=train_classifier."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from wirgan_tf import data, evaluation
from wirgan_tf.commands.measuring import Classifiers
from wirgan_tf.config import Config
from wirgan_tf.files import expanded
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class TrainClassifier(Classifiers):
    """Trains the classifier of a data set, whose features and classes, or attributes, the measures use."""

    reads: str = setting(evaluation.LABEL, "what it reads in an image: its label, or its attributes, which "
                         "attribute_accuracy needs", choices=(evaluation.LABEL, evaluation.ATTRIBUTES))
    classifier_seed: int = setting(0, "0: the classifier that measures; 1: the second one, which classifier_error "
                                   "needs beside it", at_least=0, at_most=len(evaluation.SEEDS) - 1)

    axes = ("dataset",)
    renamed: ClassVar = {"seed": "classifier_seed"}

    def run(self) -> None:
        config = Config(**self.changes)
        config.check_used(self.changes)
        dataset = config.data
        expanded(self.classifiers).mkdir(parents=True, exist_ok=True)  # before the work, not after it
        classifier = evaluation.train_classifier(data.load(dataset, "train"), data.load(dataset, "test"),
                                                 reads=self.reads, seed=self.classifier_seed,
                                                 mirrored=dataset.mirrors_alike)
        path = classifier.save(self.classifiers)
        print(f"{classifier.name}: {classifier.accuracy:.2%} of the test images right, saved as {path}")

    @classmethod
    def configs(cls, run_dir: str, changes: Mapping[str, Any]) -> list[Config]:
        return [Config(**changes)]
