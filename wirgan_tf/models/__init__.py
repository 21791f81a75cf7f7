"""Models: networks with the data flow that trains them."""

from wirgan_tf.entries import Spec
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.models.adversarial_model import AdversarialModel
from wirgan_tf.models.autoencoder import Autoencoder
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.conditional import Conditional
from wirgan_tf.models.cyclegan import CycleGan
from wirgan_tf.models.denoising import DenoisingVariationalAutoencoder
from wirgan_tf.models.family import Family, as_spec, precision
from wirgan_tf.models.infogan import InfoGan
from wirgan_tf.models.likelihood import LikelihoodModel
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.models.optimizers import OPTIMIZERS
from wirgan_tf.models.pix2pix import Pix2Pix
from wirgan_tf.models.schedules import LEARNING_RATE_DECAYS
from wirgan_tf.models.stackgan import StackGan
from wirgan_tf.models.stargan import StarGan
from wirgan_tf.models.translation import TranslationModel
from wirgan_tf.models.variational import VariationalAutoencoder
from wirgan_tf.parts import Assembly, PartRegistry

FAMILIES: PartRegistry[type[Family]] = PartRegistry("family", {
    "adversarial": Adversarial,
    "conditional": Conditional,
    "infogan": InfoGan,
    "pix2pix": Pix2Pix,
    "cyclegan": CycleGan,
    "stargan": StarGan,
    "stackgan": StackGan,
    "autoencoder": Autoencoder,
    "vae": VariationalAutoencoder,
    "denoising_vae": DenoisingVariationalAutoencoder,
})


def build_model(config: Assembly, data: Spec | tuple[int, ...]) -> Model:
    """The compiled model of `config`, its weights a function of `config.seed`.

    Args:
      config: a `wirgan_tf.config.Config`.
      data: the spec of a data set (`Source.spec`), or the shape of its images or points when it has nothing else.

    Raises: `ValueError` for parts that do not go together, and for data that they cannot draw; its message names what
      would do.
    """
    with precision(config.mixed_precision):
        return config.family.build(config, as_spec(data))


__all__ = ["FAMILIES", "LEARNING_RATE_DECAYS", "OPTIMIZERS", "AdversarialModel", "Family", "GeneratorAverage",
           "LikelihoodModel", "Logs", "Model", "TranslationModel", "as_spec", "build_model"]
