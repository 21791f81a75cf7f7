"""Models trained by the likelihood of real images: one training step for all of them."""

from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.networks.inference import Inference
from wirgan_tf.noise import Purpose


class LikelihoodModel(Model):
    """A generator and an encoder that finds the z an image may come from, trained together to give it back.

    `train_step` is one update of both. It runs under `model.fit` and under `strategy.run`, as that of
    `AdversarialModel`. A model of the kind says what the encoder sees, how z is drawn from what it found, and the loss.

    Args:
      generator: z [T, B, latent] -> images [B, H, W, C] in [-1, 1].
      encoder: with `infer`, as in `networks.inference`.
      seed: of all noise.
      average: the generator whose weights follow the trained one's, or None.
    """

    noise: str  # distribution of z that samples are drawn from
    progress = "loss"

    def __init__(self, generator: keras.Model, encoder: keras.Model, *, seed: int,
                 average: GeneratorAverage | None = None):
        super().__init__(generator, noise="normal", seed=seed, average=average, name="likelihood")
        self.encoder = encoder

    def seen(self, images: tf.Tensor) -> tf.Tensor:
        """What the encoder sees of images [B, H, W, C] in training."""
        return images

    def draw(self, mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """z_t [B, latent], of the posterior that the encoder found and noise ~ N(0, I), each [B, latent]."""
        raise NotImplementedError

    def losses(self, images: tf.Tensor, inference: Inference) -> Logs:
        """The terms of the loss, whose sum is minimised: means over the batch, in nats an image."""
        raise NotImplementedError

    def compile(self, optimizer: keras.optimizers.Optimizer, jit_compile: bool = False, **kwargs) -> None:
        """Sets the optimizer of both networks and builds its variables, before any step as a strategy needs."""
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        self.joint_optimizer = optimizer
        optimizer.build(self.trained_variables)

    @property
    def trained_variables(self) -> list[keras.Variable]:
        """Those of both networks that the optimizer moves."""
        return self.generator.trainable_variables + self.encoder.trainable_variables

    @property
    def iteration(self) -> tf.Tensor:
        """Updates done, int64."""
        return tf.cast(self.joint_optimizer.iterations, tf.int64)

    @property
    def parts(self) -> dict[str, Any]:
        """Both networks, the averaged generator, and their optimizer, whose step count is the run's counter."""
        return super().parts | {"encoder": self.encoder, "optimizer": self.joint_optimizer}

    @property
    def observed(self) -> list[keras.Variable]:
        """Those of both networks."""
        return self.trained_variables

    def train_step(self, data) -> Logs:
        """One update of both networks.

        Args:
          data: {"image": float32 [1, B, H, W, C]}; B is this replica's share.

        Returns: scalars of this replica: `loss`, its terms, and the norm of the gradient.
        """
        images, = tf.unstack(data["image"])
        noise = self._latents(0, Purpose.POSTERIOR, tf.shape(images)[0])
        with tf.GradientTape() as tape:
            terms = self.losses(images, self._infer(self.seen(images), noise, training=True))
            loss = tf.add_n(list(terms.values()))
            shared = loss / replicas.count()
        gradients = tape.gradient(shared, self.trained_variables)
        self.joint_optimizer.apply(gradients, self.trained_variables)
        if self.average is not None:
            self.average.update(self.generator, self.iteration)
        return {"loss": loss, **terms, "gradient_norm": tf.linalg.global_norm(gradients) * replicas.count()}

    def estimates(self, images: tf.Tensor) -> Logs:
        """The loss and its terms at inference, for images [B, H, W, C] as they are; the same noise at every call."""
        noise = self._held_out_latents(tf.shape(images)[0])
        terms = self.losses(images, self._infer(images, noise, training=False))
        return {"loss": tf.add_n(list(terms.values())), **terms}

    def _infer(self, images: tf.Tensor, noise: tf.Tensor, training: bool) -> Inference:
        def draw(mean, log_variance, step):
            return self.draw(mean, log_variance, noise[step])

        return self.encoder.infer(self.generator, images, draw, training)
