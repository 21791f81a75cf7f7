"""How much of a run's images comes from each time step's noise: does a step depend on z_t, or on h_t alone?

    python benchmarks/noise_path.py --run_dir=runs/mnist_gp_wirgan_t3 --data_dir=DIR

Prints one JSON line:
  variance_share[t]: the mean variance of a pixel when only z_t is drawn anew, over that when all are (the shares
    need not add up to 1);
  rms_z, rms_h[t]: root mean squares of the noise and of the encoded canvas that step t gets;
  neighbour_ratio: the median distance from a sample to its nearest other sample, over the same of real images: well
    below 1, images repeat.
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from sklearn.neighbors import NearestNeighbors
from trained_runs import restored, run_parser

from wirgan_tf import data
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks.passes import INFERENCE
from wirgan_tf.networks.recurrent import RecurrentGenerator
from wirgan_tf.noise import row_noise

_IMAGES, _REDRAWS, _COMPARED = 64, 16, 1_000


def rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def noise_of(generator: RecurrentGenerator, first_seed: int, count: int) -> np.ndarray:
    """z of `count` samples, [T, count, latent]."""
    return row_noise(tf.range(count, dtype=tf.int64) + first_seed, generator.noise)["z"].numpy()


def variance_share(generator: RecurrentGenerator, step: int, total: float) -> float:
    """Mean variance of a pixel over fresh z of `step`, the other steps' noise held, as a share of `total`."""
    z = noise_of(generator, 0, _IMAGES)
    drawn = []
    for redraw in range(_REDRAWS):
        z[step] = noise_of(generator, (redraw + 1) * 10_000, _IMAGES)[step]
        drawn.append(generator(tf.constant(z)).numpy())
    return float(np.var(drawn, axis=0, ddof=1).mean() / total)


def nearest_distance(images: np.ndarray) -> float:
    flat = images.reshape(len(images), -1)
    return float(np.median(NearestNeighbors(n_neighbors=2).fit(flat).kneighbors(flat)[0][:, 1]))


def main() -> None:
    config, model = restored(run_parser(__doc__.splitlines()[0]).parse_args())
    generator = model.sampled_generators["generator"]
    images = Sampler(model).images(row_seeds(0, _COMPARED))
    total = float(images.var(axis=0, ddof=1).mean())
    z = noise_of(generator, 0, _COMPARED)
    canvases = generator.unroll(tf.constant(z))
    states = [generator.encode(canvas, INFERENCE.at(step + 1)) for step, canvas in enumerate(canvases[:-1])]
    test = data.load(config.data, "test")
    real = test.examples(tf.range(min(_COMPARED, test.size), dtype=tf.int64))["image"].numpy()
    print(json.dumps({
        "benchmark": "noise_path", "model": config.model, "dataset": config.dataset, "updates": int(model.iteration),
        "variance_share": [round(variance_share(generator, step, total), 4) for step in range(generator.time_steps)],
        "rms_z": round(rms(z), 3), "rms_h": [round(rms(state), 3) for state in states],
        "neighbour_ratio": round(nearest_distance(images) / nearest_distance(real), 3)}))


if __name__ == "__main__":
    main()
