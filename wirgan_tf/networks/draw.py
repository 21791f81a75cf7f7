"""DRAW (Gregor et al. 2015): two LSTMs that look at an image and draw on a canvas through attention, T times.

Sizes: `width` units of each LSTM, `latent` of z_t, `read_size` and `write_size` of the grids. All of it computes in
float32, which the grids' coordinates need.
"""

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import attention
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.inference import Draw, Inference
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import refuse_all_but
from wirgan_tf.networks.lstm import LongShortTermMemory, Memory


class DrawGenerator(Composite, keras.Model):
    """The decoder: z [T, B, latent] -> images [B, H, W, C] in [-1, 1], drawn by T strokes on one canvas.

    A canvas holds logits: the pixels' means are sigmoid(c_T) in [0, 1], and the image 2 sigmoid(c_T) - 1.
    """

    def __init__(self, shape: tuple[int, ...], config: Config):
        super().__init__(name="generator")
        self.time_steps = config.time_steps
        self.latent = config.latent
        self.shape = shape
        self.write_size = config.write_size
        initializers = WeightInitializers(config.initializer, config.seed, player=0)
        self.memory = LongShortTermMemory(config.width, initializers, name="writer")
        self.to_grid = _dense(5, initializers, "write_grid")
        self.to_patch = _dense(config.write_size**2 * shape[-1], initializers, "write_patch")
        self.first_canvas = self.add_weight(shape=shape, initializer="zeros", name="first_canvas", dtype="float32")

    def initial(self, rows) -> tuple[tf.Tensor, Memory]:
        """c_0, [B, H, W, C], and the state before the first step, both learned."""
        return tf.tile(self.first_canvas[None], [rows, 1, 1, 1]), self.memory.initial_state(rows)

    def step(self, z_t: tf.Tensor, canvas: tf.Tensor, state: Memory) -> tuple[tf.Tensor, Memory]:
        """c_t = c_{t-1} + write(h_t),  h_t = LSTM(h_{t-1}, z_t)"""
        state = self.memory(tf.cast(z_t, tf.float32), state)
        patch = tf.reshape(self.to_patch(state.output), [-1, self.write_size, self.write_size, self.shape[-1]])
        where = attention.grid(self.to_grid(state.output), self.shape, self.write_size)
        return canvas + attention.write(patch, where, self.shape), state

    def canvases(self, z: tf.Tensor) -> list[tf.Tensor]:
        """c_1 .. c_T, each [B, H, W, C], for z [T, B, latent]; T may differ from the T of training."""
        if len(z.shape) != 3 or z.shape[0] is None or z.shape[2] != self.latent:
            raise ValueError(f"z has shape {z.shape}; expected [T, B, {self.latent}] with a known T")
        canvas, state = self.initial(tf.shape(z)[1])
        drawn = []
        for step in range(z.shape[0]):
            canvas, state = self.step(z[step], canvas, state)
            drawn.append(canvas)
        return drawn

    def generate(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The image, [B, H, W, C], for z [T, B, latent]."""
        del training
        return tf.tanh(self.canvases(z)[-1] / 2.0)

    def refine(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The image as it stands after each time step, [T, B, H, W, C]; the last is `generate(z)`."""
        del training
        return tf.tanh(tf.stack(self.canvases(z)) / 2.0)

    def call(self, z, training: bool = False):
        return self.generate(z, training)


class DrawEncoder(Composite, keras.Model):
    """The inference network, which reads the image and what the canvas still lacks of it, where the decoder looks."""

    def __init__(self, config: Config):
        super().__init__(name="encoder")
        self.read_size = config.read_size
        initializers = WeightInitializers(config.initializer, config.seed, player=1)
        self.memory = LongShortTermMemory(config.width, initializers, name="reader")
        self.to_grid = _dense(5, initializers, "read_grid")
        self.to_posterior = _dense(2 * config.latent, initializers, "posterior")

    def infer(self, generator: DrawGenerator, images: tf.Tensor, draw: Draw, training: bool = False) -> Inference:
        """For images [B, H, W, C] in [-1, 1], with z_t drawn by `draw` from q(z_t | x, z_1 .. z_{t-1}).

        What is read is [read(x), read(x - sigmoid(c_{t-1}))], by a grid that the decoder's h_{t-1} asks for.
        """
        del training
        pixels = (images + 1.0) / 2.0
        canvas, decoder = generator.initial(tf.shape(images)[0])
        encoder = self.memory.initial_state(tf.shape(images)[0])
        means, log_variances = [], []
        for step in range(generator.time_steps):
            seen = self._read(pixels, canvas, decoder)
            encoder = self.memory(tf.concat([seen, decoder.output], axis=1), encoder)
            mean, log_variance = tf.split(self.to_posterior(encoder.output), 2, axis=1)
            canvas, decoder = generator.step(draw(mean, log_variance, step), canvas, decoder)
            means.append(mean)
            log_variances.append(log_variance)
        return Inference(tf.stack(means), tf.stack(log_variances), canvas)

    def _read(self, pixels: tf.Tensor, canvas: tf.Tensor, decoder: Memory) -> tf.Tensor:
        where = attention.grid(self.to_grid(decoder.output), pixels.shape[1:], self.read_size)
        both = tf.concat([pixels, pixels - tf.sigmoid(canvas)], axis=-1)
        patches = attention.read(both, where, self.read_size)
        return tf.reshape(patches, [-1, patches.shape[1:].num_elements()])


def build_generator(config: Config, shape: tuple[int, ...]) -> DrawGenerator:
    """The decoder for images of `shape` [H, W, C], built. Raises `ValueError` for points, and for what it cannot do."""
    refuse_all_but(config, canvas="sum", noise_layer=False, encoder_activation="linear", recompute=False)
    if len(shape) != 3:
        raise ValueError(f"the draw network draws images [H, W, C], the data has shape {tuple(shape)}; use "
                         "--network=mlp")
    generator = DrawGenerator(shape, config)
    generator(tf.zeros([1, 1, config.latent]))
    return generator


def build_encoder(config: Config, shape: tuple[int, ...]) -> DrawEncoder:
    """The inference network for images of `shape` [H, W, C], built."""
    generator, encoder = DrawGenerator(shape, config), DrawEncoder(config)
    encoder.infer(generator, tf.zeros([1, *shape]), lambda mean, log_variance, step: mean)
    return encoder


def _dense(units: int, initializers: WeightInitializers, name: str) -> keras.layers.Dense:
    return keras.layers.Dense(units, kernel_initializer=initializers(), dtype="float32", name=name)
