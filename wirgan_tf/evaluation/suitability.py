"""Whether a feature network can judge images: all folders of images share one name, but have any size and classes."""

from collections.abc import Mapping
from typing import NamedTuple

from wirgan_tf.data import Source, flags_like
from wirgan_tf.evaluation.classifier import ATTRIBUTES, LABEL, Classifier
from wirgan_tf.evaluation.features import FeatureNetwork, Pixels


class Judged(NamedTuple):
    """Images that are to be judged, as far as they are known.

    Attributes:
      dataset: name of their source.
      shape: (H, W, C).
      names: of classes and attributes, by "label" and "attributes"; None: not known.
      identity: of the splits of their data, by the split's name; those that are not there are not known.
    """

    dataset: str
    shape: tuple[int, ...]
    names: Mapping[str, tuple[str, ...]] | None = None
    identity: Mapping[str, str] = {}

    @classmethod
    def of(cls, source: Source, identity: Mapping[str, str] | None = None) -> "Judged":
        """The images of `source`, whose data has this identity."""
        names = {name: tuple(source.spec[name].names) for name in (LABEL, ATTRIBUTES) if name in source.spec}
        return cls(source.name, tuple(source.shape), names, identity or {})

    @property
    def training(self) -> str:
        """The flags that train a classifier of them."""
        return f"--mode=train_classifier {flags_like(self.dataset, self.shape)}"


def difference(network: FeatureNetwork, images: Judged) -> str:
    """How `images` differ in size, classes or attributes from what `network` knows; "" when it can judge them."""
    if not isinstance(network, Classifier):
        return ""
    if network.shape != images.shape:
        return (f"{network.name} is of images of shape {list(network.shape)}, and these of {images.dataset!r} have "
                f"{list(images.shape)}")
    known = network.classes if network.reads == LABEL else network.attributes
    if images.names is None or not known or known == images.names.get(network.reads, ()):
        return ""
    kind = "classes" if network.reads == LABEL else "attributes"
    return (f"{network.name} knows the {kind} {', '.join(known)}, and these images of {images.dataset!r} have "
            f"{', '.join(images.names.get(network.reads, ())) or 'none'}")


def difference_of_data(network: FeatureNetwork, images: Judged) -> str:
    """`difference`, or that `network` was trained on images other than those of the data of `images`."""
    if found := difference(network, images):
        return found
    trained = network.identity if isinstance(network, Classifier) else {}
    both = [split for split in ("train", "test") if split in trained and split in images.identity]
    if both and trained[both[0]] != images.identity[both[0]]:
        return (f"{network.name} was trained on other images of the name {images.dataset!r}: its {both[0]} images hash "
                f"to {trained[both[0]][:12]}, and these to {images.identity[both[0]][:12]}")
    return ""


def check_tells_classes(network: FeatureNetwork, dataset: str) -> None:
    """Raises `ValueError` when the Inception Score cannot be computed with `network`."""
    if isinstance(network, Pixels):
        raise ValueError(f"the measure is needs a feature network that tells classes apart, and {network.name} does "
                         f"not; use --features=classifier:{dataset} or --features=inception, or leave is out of "
                         "--metrics")


def check_suits(network: FeatureNetwork, images: Judged) -> None:
    """Raises `ValueError` when `network` knows nothing of `images`."""
    if network.dataset not in ("", images.dataset):
        raise ValueError(f"the feature network {network.name} knows nothing of {images.dataset!r}; use "
                         f"classifier:{images.dataset}, inception or pixels")
    if found := difference(network, images):
        of_attributes = isinstance(network, Classifier) and network.reads == ATTRIBUTES
        raise ValueError(f"{found}; train it again with {images.training}"
                         + (" --reads=attributes and the attributes of the run, or give another folder of --classifiers"
                            if of_attributes else ", give another folder of --classifiers, or use --features=pixels"))
