"""What a family of models is to the rest of the package: its settings, and the model that is built from them."""

import abc
import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import keras

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.model import Model
from wirgan_tf.networks import NETWORKS
from wirgan_tf.parts import Assembly, Part, setting


class FirstStage(NamedTuple):
    """A stage that is trained before a run.

    Attributes:
      changes: the changes to the run's settings that make them those of the stage.
      run: the folder of the stage's own run; "": it is in the folder of the run that follows.
    """

    changes: Mapping[str, Any]
    run: str


@dataclasses.dataclass(frozen=True)
class Family(Part, abc.ABC):
    """How a generator is trained.

    axes: which of the parts "objective" and "penalty" a model of the family has.
    condition_names: entries of the data that a sample depends on besides its noise.
    generator_settings: settings of the family from which its generators are built, and which its stages share.
    """

    generator_learning_rate: float = setting(1e-4, "the learning rate of the generator (and of an encoder that is "
                                             "trained with it)", above=0)
    generator_average: float = setting(
        0.0, "decay of the moving average of the generator's weights used for sampling; 0: no average", at_least=0,
        below=1)

    axes: ClassVar[tuple[str, ...]] = ()
    condition_names: ClassVar[tuple[str, ...]] = ()
    generator_settings: ClassVar[tuple[str, ...]] = ()

    @property
    def first_stage(self) -> FirstStage | None:
        """The stage that is trained before a run of the family; None: there is none."""
        return None

    @property
    def batches(self) -> int:
        """Batches of data in one update."""
        return 1

    @abc.abstractmethod
    def build(self, config: Assembly, spec: Spec) -> Model:
        """The compiled model for data of `spec`, its weights a function of `config.seed`.

        Raises: `ValueError` for data that it cannot draw.
        """

    @abc.abstractmethod
    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        """The built networks that draw, by name."""

    def conditions(self, spec: Spec) -> dict[str, Entry]:
        """The entries of `spec` that a sample depends on. Raises `ValueError` for those that the data does not have."""
        missing = [name for name in self.condition_names if name not in spec]
        if missing:
            raise ValueError(f"family={self.name} needs {', '.join(self.condition_names)} with each image, and the "
                             f"data has {', '.join(spec)}; use a data set with {', '.join(missing)}")
        return {name: spec[name] for name in self.condition_names}

    def codes(self) -> dict[str, Entry]:
        """What a sample may be asked for though the data does not have it: entries of its noise."""
        return {}

    def build_average(self, config: Assembly, spec: Spec) -> GeneratorAverage | None:
        """The generators to sample from when weights are averaged, or None."""
        if self.generator_average == 0.0:
            return None
        return GeneratorAverage(self.build_generators(config, spec), self.generator_average)


def as_spec(data: Spec | tuple[int, ...]) -> Spec:
    """`data` itself when it is a spec; when it is a shape, the spec of images or points of that shape alone."""
    return data if isinstance(data, Mapping) else {"image": Entry(tuple(data))}


@contextlib.contextmanager
def precision(mixed: bool) -> Iterator[None]:
    """Layers made in this context compute in bfloat16 with float32 variables when `mixed`; otherwise all is float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if mixed else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def require(network: object, kind: type, who: str, what: str) -> None:
    """Raises `ValueError` unless `network` is of the kind that `who` needs; the message names the networks that are."""
    if not isinstance(network, kind):
        able = [name for name, other in NETWORKS.items() if issubclass(other, kind)]
        raise ValueError(f"{who} needs a network with {what}, which network={network.name} does not have; those that "
                         f"do are: {', '.join(able)}")
