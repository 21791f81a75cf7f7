"""The recurrent generator: an encoder g and a decoder f, their weights shared over time.

One class is WIRGAN's, GP-WIRGAN's and GRAN's generator with different settings (Feng et al. 2020, section 3.1.3,
equations 8 to 11, Algorithm 1; Im et al. 2016 for GRAN).
"""

import functools
from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.recomputation import recomputed


class RecurrentGenerator(Composite, keras.Model):
    """Draws T canvases, each from the one before and from fresh noise.

    Args:
      decoder: f, called as `decoder([z_t ; h_t], step=, training=, update_statistics=)`, [B, 2 * latent] -> canvas
        [B, *shape].
      encoder: g, called as `encoder(canvas, ...)` with the same -> [B, latent]; None when T = 1, which needs none.
      time_steps: T, canvases drawn in training.
      latent: size of z_t and of h_t.
      output: "last", the image is the last canvas; "sum", it is `squash` of the sum of all.
      squash: takes the sum of canvases to the range of the data; used by "sum" alone.
      noise_layer: applied to z_t before the decoder, or None.
      recompute: whether gradients compute each time step again: memory for one of them, and for T canvases.
    """

    def __init__(self, decoder: keras.layers.Layer, encoder: keras.layers.Layer | None, *, time_steps: int,
                 latent: int, output: str = "last", squash: Callable[[tf.Tensor], tf.Tensor] = tf.tanh,
                 noise_layer: keras.layers.Layer | None = None, recompute: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.decoder = decoder
        self.encoder = encoder
        self.time_steps = time_steps
        self.latent = latent
        self.output_canvas = output
        self.squash = squash
        self.noise_layer = noise_layer
        self.recompute = recompute

    @property
    def independent_samples(self) -> bool:
        """Whether in training, too, each sample is a function of its own noise alone: not with batch normalisation."""
        parts = [self.decoder] if self.encoder is None else [self.decoder, self.encoder]
        return all(getattr(part, "independent_samples", False) for part in parts)

    def initial_state(self, batch_size) -> tf.Tensor:
        """h_1 = 0, float32 [B, latent]."""
        return tf.zeros([batch_size, self.latent])

    def decode(self, z_t, h_t, step: int, training: bool = False, update_statistics: bool = True) -> tf.Tensor:
        """dC_t = f([z_t ; h_t])  (10); `step` is t - 1."""
        if self.noise_layer is not None:
            z_t = self.noise_layer(z_t)
        return self.decoder(tf.concat([tf.cast(z_t, h_t.dtype), h_t], axis=-1), step=step, training=training,
                            update_statistics=update_statistics)

    def encode(self, canvas, step: int, training: bool = False, update_statistics: bool = True) -> tf.Tensor:
        """h_t = g(dC_{t-1})  (9), float32 [B, latent]; `step` is t - 1."""
        if self.encoder is None:
            raise ValueError(f"a generator trained with T=1 has no encoder and draws one canvas; step {step + 1} was "
                             "asked for")
        return self.encoder(canvas, step=step, training=training, update_statistics=update_statistics)

    def increments(self, z, training: bool = False) -> list[tf.Tensor]:
        """dC_1 .. dC_T, each [B, *shape], for z [T, B, latent]; T may differ from the T of training."""
        if len(z.shape) != 3 or z.shape[0] is None or z.shape[2] != self.latent:
            raise ValueError(f"z has shape {z.shape}; expected [T, B, {self.latent}] with a known T")
        canvases = []
        for step in range(z.shape[0]):
            increment = functools.partial(self._increment, step, training)
            if self.recompute and training:
                increment = recomputed(increment)
            canvases.append(increment(z[step], *canvases[-1:]))
        return canvases

    def _increment(self, step: int, training: bool, z_t, *canvas, first: bool = True) -> tf.Tensor:
        """dC_t from z_t and dC_{t-1}; from z_t alone at t = 1."""
        h_t = self.encode(*canvas, step, training, first) if step else self.initial_state(tf.shape(z_t)[0])
        return self.decode(z_t, h_t, step, training, first)

    def generate(self, z, training: bool = False) -> tf.Tensor:
        """The image C, [B, *shape], for z [T, B, latent]: dC_T (11), or GRAN's squash(dC_1 + ... + dC_T)."""
        canvases = self.increments(z, training)
        return canvases[-1] if self.output_canvas == "last" else self.squash(tf.add_n(canvases))

    def refine(self, z, training: bool = False) -> tf.Tensor:
        """The image as it stands after each time step, [T, B, *shape]; the last is `generate(z)`."""
        canvases = tf.stack(self.increments(z, training))
        return canvases if self.output_canvas == "last" else self.squash(tf.cumsum(canvases, axis=0))

    def call(self, z, training: bool = False):
        return self.generate(z, training)


def canvas_activation(config: Config) -> str:
    """Activation of an image decoder's last layer: a canvas that is not added to others is the image itself."""
    return "tanh" if config.canvas == "last" else "linear"


def assemble(config: Config, decoder: keras.layers.Layer, encoder: keras.layers.Layer | None,
             squash: Callable[[tf.Tensor], tf.Tensor], initializers: WeightInitializers) -> RecurrentGenerator:
    """A built generator with the settings of `config` around an architecture's decoder and encoder."""
    noise_layer = None
    if config.noise_layer:
        noise_layer = keras.layers.Dense(config.latent, "tanh", kernel_initializer=initializers(), name="noise")
    generator = RecurrentGenerator(
        decoder, encoder, time_steps=config.time_steps, latent=config.latent, output=config.canvas, squash=squash,
        noise_layer=noise_layer, recompute=config.recompute, name="generator")
    generator(tf.zeros([config.time_steps, 1, config.latent]))
    return generator
