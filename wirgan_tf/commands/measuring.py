"""Flags of the modes that measure, and what is done with results."""

import dataclasses
import logging
from collections.abc import Collection, Mapping, Sequence

from wirgan_tf import data, evaluation
from wirgan_tf.commands.mode import Mode
from wirgan_tf.config import Config
from wirgan_tf.data.splits import undivided
from wirgan_tf.data.stacked_mnist import StackedDigits
from wirgan_tf.evaluation.files import CACHE
from wirgan_tf.models import Model, TranslationModel
from wirgan_tf.models.scoring import CycleError, Scorer
from wirgan_tf.parts import setting
from wirgan_tf.training.run_directory import RunDirectory

MEASURES = "fid,kid,is,precision_recall"


@dataclasses.dataclass(frozen=True)
class Classifiers(Mode):
    """Where trained classifiers are."""

    classifiers: str = setting(str(CACHE / "classifiers"), "folder of trained classifiers", path=True)


@dataclasses.dataclass(frozen=True)
class FeatureNetworks(Classifiers):
    """The features by which images are compared."""

    features: str = setting("", "feature network: classifier:<dataset>, inception or pixels; default: the data set's "
                            "classifier if it has been trained, or else pixels")
    inception_path: str = setting("", "folder of the Inception SavedModel; default: TF-GAN's, from TensorFlow Hub",
                                  path=True)

    def named_network(self) -> evaluation.FeatureNetwork:
        """The network asked for."""
        return evaluation.feature_network(self.features, classifiers=self.classifiers,
                                          inception_path=self.inception_path)

    def feature_network(self, images: evaluation.Judged) -> evaluation.FeatureNetwork:
        """The network asked for, or the data set's classifier when it has been trained, or else the pixels.

        A classifier of another size, of other classes or of other data than `images`, such as another folder, is
        ignored with a warning.

        Raises: `ValueError` when the network asked for cannot judge `images`.
        """
        if self.features:
            network = self.named_network()
            evaluation.check_suits(network, images)
            return network
        can_be_trained = images.names is None or "label" in images.names
        try:
            network = evaluation.load_classifier(images.dataset, self.classifiers)
            difference = evaluation.difference_of_data(network, images)
            if not difference:
                return network
            advice = f"; to train one of them: {images.training}, into another folder of --classifiers"
            logging.warning("measuring by pixels: %s (in %s)%s", difference, self.classifiers,
                            advice if can_be_trained else "")
        except FileNotFoundError:
            has_loader = data.flags_of(images.dataset).split()[0].removeprefix("--dataset=") in data.DATASETS
            logging.info("measuring by pixels%s", f"; for better features: {images.training}"
                         if can_be_trained and has_loader else ", for there is no classifier of such images")
        return evaluation.feature_network("pixels")


@dataclasses.dataclass(frozen=True)
class Measuring(FeatureNetworks):
    """What is measured, and by what."""

    metrics: str = setting(MEASURES, "measures, separated by commas")

    @property
    def measures(self) -> list[str]:
        """Names of the measures asked for."""
        return [name.strip() for name in self.metrics.split(",")]

    def check_measures(self, config: Config | None = None, conditions: Collection[str] | None = None) -> None:
        """To be called before any work: a wrong name, or a measure that a model cannot have, should not cost a run.

        Args:
          config: the model's.
          conditions: names of what the model's samples are asked to be; by default those of the config's family.
        """
        if conditions is None and config is not None:
            conditions = (*config.family.condition_names, *config.family.codes())
        if conditions is not None:
            evaluation.check_conditions(self.measures, conditions)
        if self.features:
            evaluation.FEATURE_NETWORKS[self.features.partition(":")[0]]
        for name in self.measures:
            needs_critic = evaluation.MEASURES[name].instrument == "critic"
            if needs_critic and config is not None and config.objective is None:
                raise ValueError(f"the measure {name} needs a critic, and family={config.family.name} trains none; "
                                 "leave it out of --metrics")

    def check_network(self, network: evaluation.FeatureNetwork, dataset: str) -> None:
        """Raises `ValueError` when `network` cannot give the only measure asked for; one of several is left out."""
        if self.measures == ["is"]:
            evaluation.check_tells_classes(network, dataset)

    def instruments(self, source: data.Source, identity: Mapping[str, str]) -> evaluation.Instruments:
        """What measures images like those of `source`: all but the critic, which belongs to a run.

        Args:
          source: a split of the data.
          identity: of the data's splits, as far as it is known.
        """
        classifiers, needs = None, {evaluation.MEASURES[name].instrument for name in self.measures}
        if "classifiers" in needs:
            classifiers = tuple(evaluation.load_classifier(source.name, self.classifiers, seed=seed)
                                for seed in evaluation.SEEDS)
        whole, channels = undivided(source), None
        if "channels" in needs and isinstance(whole, StackedDigits):
            channels = evaluation.load_classifier(whole.digits_from, self.classifiers)
        attributes = None
        if "attributes" in needs:
            attributes = evaluation.load_classifier(source.name, self.classifiers, reads=evaluation.ATTRIBUTES)
        network = self.feature_network(evaluation.Judged.of(source, identity))
        self.check_network(network, source.name)
        found = evaluation.Instruments(network, classifiers, channels=channels, attributes=attributes)
        found.check(source, needs - {"critic", "cycle"})
        return found


def with_model(instruments: evaluation.Instruments, model: Model) -> evaluation.Instruments:
    """`instruments` and those that `model` itself provides, if it has a critic or translates back."""
    if model.critic is not None:
        instruments = dataclasses.replace(instruments, critic=Scorer(model).among)
    if isinstance(model, TranslationModel) and model.translates_back:
        instruments = dataclasses.replace(instruments, cycle=CycleError(model))
    return instruments


def keep(results: Sequence[evaluation.Result], run: RunDirectory) -> None:
    """Adds results to those of a run, and shows them in TensorBoard; a run that may only be read is left as it is."""
    if is_left_alone(run):
        return
    evaluation.append(results, run.metrics_file)
    evaluation.write_summaries(results, run.tensorboard)


def is_left_alone(run: RunDirectory) -> bool:
    """Whether a run may only be read: then a warning says that results are shown, but not kept."""
    if run.is_read_only():
        logging.warning("%s cannot be written to: its results are shown here alone, and not kept there", run.path)
        return True
    return False
