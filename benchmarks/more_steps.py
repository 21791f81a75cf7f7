"""Does a generator go on drawing: how good are its canvases after more time steps than it was trained with?

    python benchmarks/more_steps.py --run_dir=runs/mnist_gp_wirgan_t3 --data_dir=DIR --steps=9

Later steps get fresh noise, and are normalised by the statistics of the last step in training. Prints a JSON line for
each canvas: the Inception Score and the Fréchet distance of `--num_samples` samples, by the data set's classifier
against test images.
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from trained_runs import restored, run_parser

from wirgan_tf import data, evaluation
from wirgan_tf.evaluation import REPORT_SEED
from wirgan_tf.networks.recurrent import RecurrentGenerator
from wirgan_tf.noise import Noise, row_noise


class LongDrawing:
    """Draws `steps` canvases by a generator without conditions, as `evaluation.evaluate` asks for them."""

    def __init__(self, generator: RecurrentGenerator, steps: int):
        if generator.time_steps < 2:
            raise ValueError("the generator was trained with T=1 and draws one canvas; pass a run with time_steps=2 or "
                             "more")
        noise = {"z": Noise((steps, generator.latent), generator.noise["z"].distribution)}
        self._draw = tf.function(
            lambda seeds: generator.draw(row_noise(seeds, noise))["canvases"],
            input_signature=[tf.TensorSpec([None], tf.int64)], autograph=False)

    def conditions(self, seeds: np.ndarray) -> dict[str, np.ndarray]:
        del seeds
        return {}

    def canvases(self, seeds: np.ndarray, conditions: dict[str, np.ndarray]) -> np.ndarray:
        """[steps, N, *shape], for int64 seeds [N]."""
        del conditions
        return self._draw(tf.constant(seeds, tf.int64)).numpy()


def main() -> None:
    parser = run_parser(__doc__.splitlines()[0])
    parser.add_argument("--classifiers", default="~/.cache/wirgan_tf/classifiers", help="of --mode=train_classifier")
    parser.add_argument("--steps", type=int, default=9, help="canvases to draw")
    parser.add_argument("--num_samples", type=int, default=2_000)
    arguments = parser.parse_args()
    config, model = restored(arguments)
    network = evaluation.feature_network(f"classifier:{config.dataset}", classifiers=arguments.classifiers)
    results = evaluation.evaluate(
        LongDrawing(model.sampled_generators["generator"], arguments.steps), data.load(config.data, "test"),
        evaluation.Instruments(network),
        evaluation.Protocol(("is", "fid"), arguments.num_samples, seed=REPORT_SEED, per_step=True))
    for step in range(1, arguments.steps + 1):
        values = {result.measure: round(result.value, 3) for result in results if result.time_step == step}
        print(json.dumps({"benchmark": "more_steps", "model": config.model, "dataset": config.dataset,
                          "updates": int(model.iteration), "step": step, "trained": step <= config.network.time_steps,
                          **values}))


if __name__ == "__main__":
    main()
