"""The recurrent generator: an encoder g and a decoder f, their weights shared over time.

One class is WIRGAN's, GP-WIRGAN's and GRAN's generator with different settings (Feng et al. 2020, section 3.1.3,
equations 8 to 11, Algorithm 1; Im et al. 2016 for GRAN).
"""

from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from wirgan_tf.networks.conditioning import ConditionEmbedding, Conditioning
from wirgan_tf.networks.generator import Batch, Generator
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.recomputation import recomputed
from wirgan_tf.noise import Noise

_EMBEDDING_DEVIATION = 0.5  # close to that of z_t

class RecurrentGenerator(Generator):
    """Draws T canvases, each from the one before and from fresh noise.

    dC_t is the canvas of step t, as the paper writes it (Delta C_t): a whole image, or what is added to a sum of them.

    Args:
      decoder: f, called as `decoder([z_t ; h_t], run=)`, [B, 2 * latent] -> canvas [B, *shape].
      encoder: g, called as `encoder(canvas, run=)` -> [B, latent]; None when T = 1, which needs none.
      time_steps: T, canvases drawn in training.
      latent: size of z_t and of h_t.
      noise: distribution of z_t.
      output: setting `canvas`: "last", the image is the last canvas; "sum", it is `squash` of the sum of all.
      squash: maps the sum of canvases to the range of the data; used by "sum" alone.
      noise_layer: applied to z_t before the decoder, or None.
      embedding: e(y) of the condition y that a pass asks for, which is joined to [z_t ; h_t]; None without one.
      codes: further vectors of noise by name, which are joined to z_t at every step.
      recompute: whether gradients recompute each time step: memory for one step, and for T canvases.
    """

    def __init__(self, decoder: keras.layers.Layer, encoder: keras.layers.Layer | None, *, time_steps: int,
                 latent: int, noise: str = "truncated_normal", output: str = "last",
                 squash: Callable[[tf.Tensor], tf.Tensor] = tf.tanh, noise_layer: keras.layers.Layer | None = None,
                 embedding: ConditionEmbedding | None = None, codes: Mapping[str, Noise] | None = None,
                 recompute: bool = False,
                 independent_samples: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.decoder = decoder
        self.encoder = encoder
        self.time_steps = time_steps
        self.latent = latent
        self.codes = dict(codes or {})
        self.noise = {"z": Noise((time_steps, latent), noise), **self.codes}
        self.output_canvas = output
        self.squash = squash
        self.noise_layer = noise_layer
        self.embedding = embedding
        self.recompute = recompute
        self.independent_samples = independent_samples

    def set_drawing_steps(self, steps: int) -> None:
        """Makes `noise` that of `steps` canvases instead of T, for samples that are drawn from now on.

        The first T canvases are as before. Later ones get noise of their own and are normalised by the statistics of
        step T.

        Raises: `ValueError` for fewer than 1, and for more than 1 when T = 1.
        """
        if steps < 1:
            raise ValueError(f"drawing_steps={steps}: must be at least 1")
        if steps > 1 and self.encoder is None:
            raise ValueError(f"drawing_steps={steps}: a generator trained with T=1 has no encoder and draws one "
                             "canvas; leave it out")
        self.noise = {**self.noise, "z": self.noise["z"]._replace(shape=(steps, self.latent))}

    def initial_state(self, batch_size) -> tf.Tensor:
        """h_1 = 0, float32 [B, latent]."""
        return tf.zeros([batch_size, self.latent])

    def encode(self, canvas: tf.Tensor, run: Pass) -> tf.Tensor:
        """h_t = g(dC_{t-1})  (9), float32 [B, latent]."""
        if self.encoder is None:
            raise ValueError(f"a generator trained with T=1 has no encoder and draws one canvas; step {run.step + 1} "
                             "was asked for")
        return self.encoder(canvas, run=run)

    def decode(self, z_t: tf.Tensor, h_t: tf.Tensor, run: Pass) -> tf.Tensor:
        """dC_t = f([z_t ; h_t])  (10), [B, *shape]; with a condition y, f([z_t ; h_t ; e(y)])."""
        if self.noise_layer is not None:
            z_t = self.noise_layer(z_t)
        inputs = [tf.cast(z_t, h_t.dtype), h_t]
        if self.embedding is not None:
            inputs.append(tf.cast(self.embedding(run.condition), h_t.dtype))
        return self.decoder(tf.concat(inputs, axis=-1), run=run)

    def step(self, z_t: tf.Tensor, canvas: tf.Tensor | None, run: Pass) -> tf.Tensor:
        """dC_t, from fresh noise z_t and dC_{t-1}, which is None at t = 1."""
        h_t = self.initial_state(tf.shape(z_t)[0]) if canvas is None else self.encode(canvas, run)
        return self.decode(z_t, h_t, run)

    def unroll(self, z: tf.Tensor, run: Pass = INFERENCE) -> list[tf.Tensor]:
        """dC_1 .. dC_T, each [B, *shape], for z [T, B, latent + codes], noise before codes, with any T."""
        width = self.latent + sum(code.shape[-1] for code in self.codes.values())
        if len(z.shape) != 3 or z.shape[0] is None or z.shape[2] != width:
            raise ValueError(f"z has shape {z.shape}; expected [T, B, {width}] with a known T")
        step = self._recomputed_step if self.recompute and run.training else self.step
        canvas, canvases = None, []
        for t in range(z.shape[0]):
            canvas = step(z[t], canvas, run.at(t))
            canvases.append(canvas)
        return canvases

    def draw(self, noise: Batch, run: Pass = INFERENCE) -> Batch:
        """The image C, dC_T (11) or GRAN's squash(dC_1 + ... + dC_T), and the canvases on the way there."""
        z = noise["z"]
        for name in self.codes:
            z = tf.concat([z, tf.repeat(noise[name][tf.newaxis], z.shape[0], axis=0)], axis=-1)
        canvases = self.unroll(z, run)
        if self.output_canvas == "last":
            return {"image": canvases[-1], "canvases": tf.stack(canvases)}
        return {"image": self.squash(tf.add_n(canvases)),
                "canvases": self.squash(tf.cumsum(tf.stack(canvases), axis=0))}

    def _recomputed_step(self, z_t: tf.Tensor, canvas: tf.Tensor | None, run: Pass) -> tf.Tensor:
        inputs = {"z_t": z_t}
        if canvas is not None:
            inputs["canvas"] = canvas
        if run.condition is not None and run.condition.dtype.is_floating:  # it may come from a network in training
            inputs["condition"] = run.condition

        def step(*values, again: bool):
            given = dict(zip(inputs, values, strict=True))
            asked = run.asked_for(given.get("condition", run.condition))
            return self.step(given["z_t"], given.get("canvas"), asked.untracked() if again else asked)

        return recomputed(step)(*inputs.values())


def assemble(settings, decoder: keras.layers.Layer, encoder: keras.layers.Layer | None,
             initializers: WeightInitializers, *, conditioning: Conditioning | None = None,
             squash: Callable[[tf.Tensor], tf.Tensor] = tf.tanh,
             independent_samples: bool = False) -> RecurrentGenerator:
    """A built generator around `decoder` and `encoder`, with the settings of the network part `settings`."""
    noise_layer = None
    if settings.noise_layer:
        noise_layer = keras.layers.Dense(settings.latent, "tanh", kernel_initializer=initializers(), name="noise")
    return built(RecurrentGenerator(
        decoder, encoder, time_steps=settings.time_steps, latent=settings.latent, noise=settings.noise,
        output=settings.canvas, squash=squash, noise_layer=noise_layer,
        embedding=_embedding(conditioning, initializers), codes=conditioning and conditioning.codes,
        recompute=settings.recompute, independent_samples=independent_samples, name="generator"), conditioning)


def assemble_single_step(settings, decoder: keras.layers.Layer, initializers: WeightInitializers,
                         conditioning: Conditioning | None = None) -> RecurrentGenerator:
    """A built generator of one canvas, for an architecture without an encoder."""
    return built(RecurrentGenerator(decoder, None, time_steps=1, latent=settings.latent, noise=settings.noise,
                                    embedding=_embedding(conditioning, initializers),
                                    codes=conditioning and conditioning.codes, name="generator"), conditioning)


def _embedding(conditioning: Conditioning | None, initializers: WeightInitializers) -> ConditionEmbedding | None:
    if conditioning is None or conditioning.normalized or not conditioning.size:
        return None
    return ConditionEmbedding(conditioning.size, conditioning.width, initializers.of_deviation(_EMBEDDING_DEVIATION),
                              name="embedding")


def built(generator: RecurrentGenerator, conditioning: Conditioning | None) -> RecurrentGenerator:
    """`generator` after its first call, which makes its variables."""
    run = INFERENCE if conditioning is None else INFERENCE.asked_for(tf.zeros([1], tf.int64))
    generator.draw({name: tf.zeros(entry.batch_shape(1)) for name, entry in generator.noise.items()}, run)
    return generator


def canvas_activation(settings) -> str:
    """Activation of an image decoder's last layer: a canvas that is not added to others is the image itself."""
    return "tanh" if settings.canvas == "last" else "linear"
