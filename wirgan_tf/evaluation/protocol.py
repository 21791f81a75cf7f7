"""How a generator is measured, and the networks that judge its images."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol as TypingProtocol

import numpy as np

from wirgan_tf.data import Source
from wirgan_tf.evaluation.classifier import Classifier
from wirgan_tf.evaluation.features import FeatureNetwork
from wirgan_tf.evaluation.measures import MEASURES
from wirgan_tf.evaluation.suitability import Judged, check_suits

SELECTION_SEED, REPORT_SEED = 1_000_000, 2_000_000  # of samples to choose checkpoints by, and of those to report on

Conditions = Mapping[str, np.ndarray]
"""What images are asked to be, by name, a row for each of them; empty for an unconditional model."""
Score = Callable[[np.ndarray, Conditions], np.ndarray]
"""Images [N, H, W, C] and their conditions -> a critic's scores [N]."""


Cycle = Callable[[np.ndarray, Conditions, Conditions], np.ndarray]
"""Translations [N, H, W, C'], their conditions, and what `evaluation.examples` names of the examples that were
translated -> how far the images are from themselves when they have been translated back, [N]."""


class Draw(TypingProtocol):
    """A generator as it is measured: a `Sampler`, or an `ExportedGenerator`."""

    def conditions(self, seeds: np.ndarray) -> Conditions:
        """Conditions of the samples of seeds int64 [N]: those of examples of the split that is measured against."""

    def images(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        """Samples float32 [N, H, W, C] in [-1, 1]."""

    def canvases(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        """The samples as they stand after each time step, float32 [T, N, H, W, C]."""


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How a generator is measured; all of it goes into the results.

    measures: names in `MEASURES`; "is" is left out by a feature network without logits.
    num_samples: generated images for each seed, compared with as many real ones, or all there are if fewer; at most one
      translation of each image. For measures within each class another set is drawn, of equally many samples of each
      class, together at most `num_samples`.
    split: of the real images.
    seed: samples are drawn from seed, seed + 1, ...
    num_seeds: sets of samples; with several, a result is their mean, its `std` their standard deviation (n - 1).
    per_step: measure each of the T canvases, not the images alone.
    """

    measures: Sequence[str]
    num_samples: int
    split: str = "test"
    seed: int = 0
    num_seeds: int = 1
    per_step: bool = False

    def __post_init__(self):
        for name in self.measures:
            MEASURES[name]
        if self.num_samples < 1 or self.num_seeds < 1:
            raise ValueError(f"num_samples={self.num_samples} and num_seeds={self.num_seeds} must be at least 1")

    @property
    def needs(self) -> set[str]:
        """Fields of `Instruments` that the measures use."""
        return {MEASURES[name].instrument for name in self.measures}


@dataclasses.dataclass(frozen=True)
class Instruments:
    """What looks at images.

    network: of features, and of logits for the Inception Score.
    classifiers: two of the data set, trained independently; for the classifier error.
    critic: the model's own; for the Wasserstein estimate.
    cycle: of a model that translates back.
    channels: a classifier of single digits, for images that have one in each channel.
    attributes: a classifier of the data set's attributes.
    """

    network: FeatureNetwork
    classifiers: tuple[Classifier, Classifier] | None = None
    critic: Score | None = None
    cycle: Cycle | None = None
    channels: Classifier | None = None
    attributes: Classifier | None = None

    def check(self, source: Source, needs: set[str]) -> None:
        """Raises `ValueError` when they cannot judge the images of `source`, or one that is needed is missing."""
        if len(source.shape) != 3:
            raise ValueError(f"the data set {source.name!r} has examples of shape {list(source.shape)}; these measures "
                             "are of images [H, W, C]")
        images = Judged.of(source)
        if "attributes" in needs and (self.attributes is None or "attributes" not in source.spec):
            raise ValueError("the measure attribute_accuracy needs a data set with attributes, and a classifier of "
                             "them in Instruments")
        for network in (self.network, *(self.classifiers or ()), self.attributes):
            if network is not None:
                check_suits(network, images)
        if "classifier" in needs and self.network.dataset != source.name:
            asking = ", ".join(name for name, measure in MEASURES.items() if measure.instrument == "classifier")
            raise ValueError(f"{asking} need a classifier of {source.name!r}, and the feature network is "
                             f"{self.network.name}; train it with {images.training}, or use "
                             f"--features=classifier:{source.name}")
        if "critic" in needs and self.critic is None:
            raise ValueError("the measures wasserstein and mismatch need the critic of a run; there is none in an "
                             "export, nor in a model trained without one")
        if "cycle" in needs and self.cycle is None:
            raise ValueError("the measure cycle_error needs a run whose model translates back, as cyclegan and stargan "
                             "do; leave it out")
        if "classifiers" in needs and self.classifiers is None:
            raise ValueError("the measure classifier_error needs two classifiers; give both in Instruments")
        if "channels" in needs and self.channels is None:
            raise ValueError(f"modes and mode_divergence are of images with a digit in each channel, as stacked_mnist, "
                             f"and the data set is {source.name!r}; leave them out")

    def described(self, instrument: str) -> dict[str, str]:
        """Fields of `Result` that say who looked."""
        if instrument in ("critic", "image", "partner", "cycle"):
            return {"features": instrument, "features_hash": "", "resize": "none"}
        networks = {"classifiers": self.classifiers, "channels": (self.channels,),
                    "attributes": (self.attributes,)}.get(instrument, (self.network,))
        return {"features": networks[0].name, "features_hash": "+".join(network.hash for network in networks),
                "resize": networks[0].resize}
