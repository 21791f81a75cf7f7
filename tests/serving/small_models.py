"""SavedModels for the tests: a generator with the signatures of an export, and one signature for each rule of JSON."""

import pathlib

import tensorflow as tf

STEPS, SIDE = 3, 8
ROWS = [tf.TensorSpec([None], tf.int64, "seed"), tf.TensorSpec([None], tf.float32, "truncation")]
FLOATS = tf.TensorSpec([None], tf.float32, "x")


class SmallGenerator(tf.Module):
    """Images 8x8 that are functions of their own seeds; the last canvas of T = 3 is the image.

    Args:
      brightness: a variable that tells one version from another.
    """

    def __init__(self, brightness: float):
        super().__init__()
        self.brightness = tf.Variable(brightness)

    @tf.function(input_signature=ROWS)
    def canvases(self, seed, truncation):
        """[B, T, 8, 8, 1] in [-1, 1]: canvas t of seed s is t/T sin(s k) * truncation * brightness, k = 1 .. 64."""
        positive = tf.debugging.assert_positive(truncation, "truncation must be positive")
        with tf.control_dependencies([positive]):
            waves = tf.sin(tf.cast(seed, tf.float32)[:, None] * tf.range(1.0, 65.0))
        image = tf.reshape(waves * truncation[:, None] * self.brightness, [-1, 1, SIDE, SIDE, 1])
        return image * tf.reshape(tf.range(1.0, STEPS + 1.0) / STEPS, [1, STEPS, 1, 1, 1])

    @tf.function(input_signature=[tf.TensorSpec([None, STEPS, 4], tf.float32, "z")])
    def serving_default(self, z):
        return {"images": tf.tanh(tf.reduce_sum(z, [1, 2]))[:, None, None, None] * tf.ones([1, SIDE, SIDE, 1])}

    @tf.function(input_signature=ROWS)
    def sample_rows(self, seed, truncation):
        return {"images": self.canvases(seed, truncation)[:, -1]}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int64, "num_samples"), tf.TensorSpec([], tf.int64, "seed"),
                                  tf.TensorSpec([], tf.float32, "truncation")])
    def sample(self, num_samples, seed, truncation):
        in_range = tf.debugging.assert_less_equal(num_samples, tf.constant(1024, tf.int64), "num_samples must be 1 to")
        with tf.control_dependencies([in_range]):
            seeds = seed + tf.range(num_samples)
        return {"images": self.canvases(seeds, tf.fill([num_samples], truncation))[:, -1]}

    @tf.function(input_signature=ROWS)
    def refine_rows(self, seed, truncation):
        return {"canvases": self.canvases(seed, truncation)}

    @tf.function(input_signature=ROWS)
    def png_rows(self, seed, truncation):
        return {"png_bytes": _png(self.canvases(seed, truncation)[:, -1])}

    @tf.function(input_signature=ROWS)
    def refine_png_rows(self, seed, truncation):
        canvases = tf.reshape(self.canvases(seed, truncation), [-1, SIDE, SIDE, 1])
        return {"png_bytes": tf.reshape(_png(canvases), [-1, STEPS])}


def _png(images):
    pixels = tf.cast((images + 1) * 127.5, tf.uint8)
    return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)


class Varied(tf.Module):
    """A signature for each rule."""

    @tf.function(input_signature=[FLOATS])
    def serving_default(self, x):  # the model of TensorFlow Serving's own documentation
        return {"y": x / 2 + 2}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "a"), tf.TensorSpec([None], tf.int64, "b")])
    def two(self, a, b):
        return {"sum": a + tf.cast(b, tf.float32), "twice": 2 * b}

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, "a"), tf.TensorSpec([], tf.int64, "n")])
    def scalars(self, a, n):
        return {"product": a * tf.cast(n, tf.float32)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def text(self, text):
        return {"text": text, "text_bytes": text, "length": tf.strings.length(text)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def only_text(self, text):
        return {"text": text}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, "a"), tf.TensorSpec([None], tf.uint8, "b"),
                                  tf.TensorSpec([None], tf.uint64, "c"), tf.TensorSpec([None], tf.float64, "d"),
                                  tf.TensorSpec([None], tf.bool, "e")])
    def kinds(self, a, b, c, d, e):
        return {"int32": a + 0, "uint8": b + 0, "uint64": c + 0, "double": d + 0, "flag": tf.identity(e)}

    @tf.function(input_signature=[FLOATS])
    def halves(self, x):
        return {"half": tf.cast(x, tf.float16), "bfloat": tf.cast(x, tf.bfloat16)}

    @tf.function(input_signature=[FLOATS])
    def complex(self, x):
        return {"z": tf.complex(x, x)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float16, "x")])
    def from_half(self, x):
        return {"y": x}

    @tf.function(input_signature=[FLOATS])
    def uneven(self, x):
        return {"all": x, "first": x[:1]}

    @tf.function(input_signature=[FLOATS])
    def mean(self, x):
        return {"mean": tf.reduce_mean(x)}

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, "x")])
    def matrix(self, x):
        return {"y": 2 * x}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64, "rounds")])
    def slow(self, rounds):
        """As many products of matrices as the largest of `rounds`, about 5,000 in a second."""
        def one(done, matrix):
            return done + 1, tf.linalg.matmul(matrix, matrix)

        start = (tf.constant(0, tf.int64), tf.zeros([100, 100]))
        _, matrix = tf.while_loop(lambda done, _: done < tf.reduce_max(rounds), one, start)
        return {"rounds": rounds + tf.cast(matrix[0, 0], tf.int64)}


def write(model: tf.Module, folder: pathlib.Path) -> pathlib.Path:
    """Writes a version; it appears in one rename, as those of exports do."""
    names = [name for name, value in vars(type(model)).items() if hasattr(value, "get_concrete_function")
             and name != "canvases"]
    partial = folder.with_name(f".partial-{folder.name}")
    tf.saved_model.save(model, str(partial), signatures={name: getattr(model, name) for name in names})
    return partial.rename(folder)
