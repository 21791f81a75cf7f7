"""Images of two domains with nothing that pairs them, as CycleGAN is trained on (Zhu et al. 2017)."""

import dataclasses
from collections.abc import Callable, Sequence

import tensorflow as tf

from wirgan_tf.data.choices import Choice, seeds_for, whole_numbers
from wirgan_tf.data.identity import identity_of
from wirgan_tf.data.source import Example, Source
from wirgan_tf.entries import Spec


@dataclasses.dataclass(frozen=True, eq=False)
class Unpaired:
    """Examples with a `source` of domain a, and an unrelated `image` of domain b.

    Each epoch has every image of the larger domain once; those of the smaller are drawn at random each time. Without
    random choices, as in measuring, the smaller domain's images take turns.

    Args:
      name: of the data set.
      a, b: images of the domains; other entries of b are kept, and the labels of a become `source_label`.
      partner: images of a, float32 [B, H, W, C] -> their true translations, `partner`, where these are known.
    """

    name: str
    a: Source
    b: Source
    partner: Callable[[tf.Tensor], tf.Tensor] | None = None

    def of(self, a: Source, b: Source) -> "Unpaired":
        """The same with other images."""
        return dataclasses.replace(self, a=a, b=b)

    @property
    def size(self) -> int:
        return max(self.a.size, self.b.size)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.b.shape

    @property
    def num_classes(self) -> int:
        return self.b.num_classes

    @property
    def spec(self) -> Spec:
        of_a = self.a.spec
        spec = {**self.b.spec, "source": dataclasses.replace(of_a["image"], unpaired=True)}
        if "label" in of_a:
            spec["source_label"] = of_a["label"]
        return spec if self.partner is None else spec | {"partner": self.b.spec["image"]}

    @property
    def identity(self) -> str:
        return identity_of("unpaired", self.a.identity, self.b.identity)

    def example_keys(self) -> Sequence[bytes]:
        return max(self.a, self.b, key=lambda domain: domain.size).example_keys()

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        indices = tf.cast(indices, tf.int64)
        smaller = min(self.a.size, self.b.size)
        others = indices % smaller if seeds is None else whole_numbers(seeds, Choice.PARTNER, smaller)
        indices_a, indices_b = (indices, others) if self.a.size >= self.b.size else (others, indices)
        seeds_a, seeds_b = (None if seeds is None else seeds_for(seeds, choice)
                            for choice in (Choice.FIRST_DOMAIN, Choice.SECOND_DOMAIN))
        of_a = self.a.examples(indices_a, seeds_a)
        example = {**self.b.examples(indices_b, seeds_b), "source": of_a["image"]}
        if "label" in of_a:
            example["source_label"] = of_a["label"]
        return example if self.partner is None else example | {"partner": self.partner(of_a["image"])}


def distinct_images(source: Source) -> Source:
    """The images of `source`, each once: for unpaired ones, those of domain b, which otherwise may take turns."""
    return source.b if isinstance(source, Unpaired) else source


def source_count(source: Source) -> int:
    """How many different images there are to translate: for unpaired ones, those of domain a."""
    return source.a.size if isinstance(source, Unpaired) else source.size
