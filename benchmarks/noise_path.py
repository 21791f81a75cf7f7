"""How much of a run's images comes from each time step's noise: does the recurrence listen to z_t, or to h_t alone?

    python benchmarks/noise_path.py --run_dir=runs/mnist_gp_wirgan_t3 --data_dir=DIR

Prints one JSON line:
  variance_share[t]: the mean variance of a pixel when only z_t is drawn anew, over that when all are (the shares
    need not add up to 1);
  rms_z, rms_h[t]: root mean squares of the noise and of the encoded canvas that step t gets;
  neighbour_ratio: the median distance from a sample to its nearest other sample, over the same of real images: well
    below 1, images repeat.
"""

import argparse
import dataclasses
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from sklearn.neighbors import NearestNeighbors

from wirgan_tf import data
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.noise import row_latents
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory

_IMAGES, _REDRAWS, _COMPARED = 64, 16, 1_000


def rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def variance_share(generator, noise: str, step: int, total: float) -> float:
    """Mean variance of a pixel over fresh z of `step`, the other steps' noise held, as a share of `total`."""
    z = row_latents(tf.range(_IMAGES, dtype=tf.int64), generator.time_steps, generator.latent, noise).numpy()
    drawn = []
    for redraw in range(_REDRAWS):
        seeds = tf.range(_IMAGES, dtype=tf.int64) + (redraw + 1) * 10_000
        z[step] = row_latents(seeds, generator.time_steps, generator.latent, noise)[step]
        drawn.append(generator.generate(tf.constant(z)).numpy())
    return float(np.var(drawn, axis=0, ddof=1).mean() / total)


def nearest_distance(images: np.ndarray) -> float:
    flat = images.reshape(len(images), -1)
    return float(np.median(NearestNeighbors(n_neighbors=2).fit(flat).kneighbors(flat)[0][:, 1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run_dir", required=True, type=pathlib.Path)
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    arguments = parser.parse_args()
    run = RunDirectory(arguments.run_dir)
    config = dataclasses.replace(run.load_config(), data_dir=arguments.data_dir)
    model = loop.restore_model(config, run)
    generator = model.sampler
    images = Sampler(generator, config.noise).images(row_seeds(0, _COMPARED))
    total = float(images.var(axis=0, ddof=1).mean())
    z = row_latents(tf.range(_COMPARED, dtype=tf.int64), config.time_steps, config.latent, config.noise)
    increments = generator.increments(z)
    states = [generator.encode(canvas, step + 1) for step, canvas in enumerate(increments[:-1])]
    real = data.load(config, "test").examples(tf.range(_COMPARED, dtype=tf.int64))["image"].numpy()
    print(json.dumps({
        "benchmark": "noise_path", "model": config.model, "dataset": config.dataset, "updates": int(model.iteration),
        "variance_share": [round(variance_share(generator, config.noise, step, total), 4)
                           for step in range(config.time_steps)],
        "rms_z": round(rms(z), 3), "rms_h": [round(rms(state), 3) for state in states],
        "neighbour_ratio": round(nearest_distance(images) / nearest_distance(real), 3)}))


if __name__ == "__main__":
    main()
