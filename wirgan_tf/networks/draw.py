"""DRAW (Gregor et al. 2015): two LSTMs that look at an image and draw on a canvas through attention, T times.

Sizes: `width` units of each LSTM, `latent` of z_t, `read_size` and `write_size` of the grids. Everything is computed
in float32, which the grids' coordinates need.
"""

import dataclasses

import tensorflow as tf

from wirgan_tf.networks import attention
from wirgan_tf.networks.generator import Batch, Generator
from wirgan_tf.networks.inference import Draw, Encoder, Inference
from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.lstm import LongShortTermMemory, Memory
from wirgan_tf.networks.network import EncoderNetwork
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import Noise
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class DrawNetwork(EncoderNetwork):
    """DRAW's decoder and encoder."""

    time_steps: int = setting(64, "T, how many strokes are drawn on the canvas", at_least=1)
    read_size: int = setting(2, "N, filters per side of the grid that DRAW reads by", at_least=1)
    write_size: int = setting(5, "N, filters per side of the grid that DRAW writes by", at_least=1)

    def build_generator(self, shape: tuple[int, ...], seed: int) -> "DrawGenerator":
        """The built decoder for images of `shape` [H, W, C]. Raises `ValueError` for points."""
        generator = self._generator(shape, seed)
        generator(tf.zeros([1, 1, self.latent]))
        return generator

    def build_encoder(self, shape: tuple[int, ...], seed: int) -> "DrawEncoder":
        """The built inference network for images of `shape` [H, W, C]. Raises `ValueError` for points."""
        encoder = DrawEncoder(self, WeightInitializers(self.initializer, seed, CRITIC))
        encoder.infer(self._generator(shape, seed), tf.zeros([1, *shape]), lambda mean, log_variance, step: mean)
        return encoder

    def _generator(self, shape: tuple[int, ...], seed: int) -> "DrawGenerator":
        if len(shape) != 3:
            raise ValueError(f"the draw network draws images [H, W, C], the data has shape {tuple(shape)}; use "
                             "network=mlp")
        return DrawGenerator(shape, self, WeightInitializers(self.initializer, seed, GENERATOR))


class DrawGenerator(Generator):
    """The decoder: z [T, B, latent] -> images [B, H, W, C] in [-1, 1], drawn by T strokes on one canvas.

    A canvas holds logits: the pixels' means are sigmoid(c_T) in [0, 1], and the image 2 sigmoid(c_T) - 1.
    """

    def __init__(self, shape: tuple[int, ...], settings: DrawNetwork, initializers: WeightInitializers):
        super().__init__(name="generator", autocast=False)
        self.time_steps = settings.time_steps
        self.latent = settings.latent
        self.noise = {"z": Noise((settings.time_steps, settings.latent), settings.noise)}
        self.shape = shape
        self.write_size = settings.write_size
        self.memory = LongShortTermMemory(settings.width, initializers, name="writer")
        layers = Layers(initializers)
        self.to_grid = layers.dense("write_grid", 5, dtype="float32")
        self.to_patch = layers.dense("write_patch", settings.write_size**2 * shape[-1], dtype="float32")
        self.first_canvas = self.add_weight(shape=shape, initializer="zeros", name="first_canvas", dtype="float32",
                                            autocast=False)

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

    def draw(self, noise: Batch, run: Pass = INFERENCE) -> Batch:
        """The image 2 sigmoid(c_T) - 1, and how it stands after each stroke."""
        del run
        canvases = tf.tanh(tf.stack(self.canvases(noise["z"])) / 2.0)
        return {"image": canvases[-1], "canvases": canvases}


class DrawEncoder(Encoder):
    """The inference network: where the decoder looks, it reads the image and what the canvas still lacks of it."""

    def __init__(self, settings: DrawNetwork, initializers: WeightInitializers):
        super().__init__(name="encoder")
        self.read_size = settings.read_size
        self.memory = LongShortTermMemory(settings.width, initializers, name="reader")
        layers = Layers(initializers)
        self.to_grid = layers.dense("read_grid", 5, dtype="float32")
        self.to_posterior = layers.dense("posterior", 2 * settings.latent, dtype="float32")

    def infer(self, generator: DrawGenerator, images: tf.Tensor, draw: Draw, run: Pass = INFERENCE) -> Inference:
        """For images [B, H, W, C] in [-1, 1], with z_t drawn by `draw` from q(z_t | x, z_1 .. z_{t-1}).

        It reads [read(x), read(x - sigmoid(c_{t-1}))], by a grid that the decoder's h_{t-1} asks for.
        """
        del run
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
