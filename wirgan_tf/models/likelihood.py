"""Models trained by the likelihood of real images: one training step for all of them."""

import dataclasses
from typing import Any, ClassVar

import keras
import tensorflow as tf

from wirgan_tf.entries import Spec
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.family import Family, require
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.models.side import Side
from wirgan_tf.networks import EncoderNetwork
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.inference import Inference
from wirgan_tf.networks.passes import INFERENCE, TRAINING, Pass
from wirgan_tf.noise import Noise, Purpose
from wirgan_tf.parts import Assembly


class LikelihoodModel(Model):
    """A generator and an encoder that infers a z from an image, trained together to reconstruct the image.

    `train_step` is one update of both. It runs under `model.fit` and under `strategy.run`, as that of
    `AdversarialModel` does. A subclass defines what the encoder sees, how z is drawn from its output, and the loss.

    Args:
      networks: the one player: `generator`, and `encoder`, a `networks.inference.Encoder`.
      seed: the seed of all noise.
      average: the generator whose weights follow the trained one's, or None.
    """

    progress = "loss"

    def __init__(self, networks: Side, *, seed: int, average: GeneratorAverage | None = None):
        super().__init__({"generator": networks.networks["generator"]}, seed=seed, average=average, name="likelihood")
        self.encoder = networks.networks["encoder"]
        self.networks = networks

    def encoder_input(self, images: tf.Tensor) -> tf.Tensor:
        """What the encoder sees of images [B, H, W, C] in training."""
        return images

    def posterior_sample(self, mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """z_t [B, latent], from the posterior that the encoder found and noise ~ N(0, I), each [B, latent]."""
        raise NotImplementedError

    def losses(self, images: tf.Tensor, inference: Inference) -> Logs:
        """The terms of the loss, whose sum is minimised: means over the batch, in nats per image."""
        raise NotImplementedError

    def compile(self, jit_compile: bool = False, **kwargs) -> None:
        """Makes the model ready for `fit`; its optimizer is that of its networks."""
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)

    @property
    def iteration(self) -> tf.Tensor:
        """Updates done, int64."""
        return tf.cast(self.networks.optimizer.iterations, tf.int64)

    @property
    def parts(self) -> dict[str, Any]:
        """Both networks, the averaged generator, and their optimizer, whose step count is the run's counter."""
        return super().parts | {"encoder": self.encoder, "optimizer": self.networks.optimizer}

    def train_step(self, data) -> Logs:
        """One update of both networks.

        Args:
          data: {"image": float32 [1, B, H, W, C]}; B is this replica's share.

        Returns: scalars of this replica: `loss`, its terms, and `gradient_norm`.
        """
        batches = self.examples_of(data)["image"]
        if batches.shape[0] != 1:
            raise ValueError(f"train_step got images of shape {batches.shape}; expected [1, B, H, W, C], one batch")
        images = batches[0]
        noise = self._stream(0).noise(Purpose.POSTERIOR, self._posterior_noise, tf.shape(images)[0])
        with tf.GradientTape() as tape:
            terms = self.losses(images, self._infer(self.encoder_input(images), noise, TRAINING))
        logs = self.networks.minimize(terms, tape)
        if self.average is not None:
            self.average.update(self.trained_generators, self.iteration)
        return logs

    def estimates(self, batch: Batch) -> Logs:
        """The loss and its terms at inference, for uncorrupted images, with the same noise at every call."""
        images = batch["image"]
        noise = self._held_out_noise(self._posterior_noise, tf.shape(images)[0])
        terms = self.losses(images, self._infer(images, noise, INFERENCE))
        return {"loss": tf.add_n(list(terms.values())), **terms}

    @property
    def _posterior_noise(self) -> dict[str, Noise]:
        """N(0, I) for each time step, whatever distribution samples are drawn from."""
        return {"z": self.noise["z"]._replace(distribution="normal")}

    def _infer(self, images: tf.Tensor, noise: Batch, run: Pass) -> Inference:
        def draw(mean, log_variance, step):
            return self.posterior_sample(mean, log_variance, noise["z"][step])

        return self.encoder.infer(self.generator, images, draw, run)


@dataclasses.dataclass(frozen=True)
class Likelihood(Family):
    """A generator and an encoder, trained together.

    noise: distribution of the z that samples are drawn from.
    """

    model_class: ClassVar[type[LikelihoodModel]]
    noise: ClassVar[str]

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` for a network without an encoder, and for another distribution of z."""
        network = config.network
        require(network, EncoderNetwork, f"family={self.name}", "an encoder")
        if network.noise != self.noise:
            raise ValueError(f"noise={network.noise}: family={self.name} takes z of another distribution; use "
                             f"noise={self.noise}")

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        return {"generator": config.network.build_generator(tuple(spec["image"].shape), config.seed)}

    def model_settings(self) -> dict[str, Any]:
        """Settings of the family that its models take."""
        return {}

    def build(self, config: Assembly, spec: Spec) -> LikelihoodModel:
        rate = config.learning_rate_decay.schedule(self.generator_learning_rate, config.iterations)
        encoder = config.network.build_encoder(tuple(spec["image"].shape), config.seed)
        networks = Side(self.build_generators(config, spec) | {"encoder": encoder}, config.optimizer.build(rate))
        model = self.model_class(networks, seed=config.seed, average=self.build_average(config, spec),
                                 **self.model_settings())
        model.compile(jit_compile=config.jit_compile)
        return model
