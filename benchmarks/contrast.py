"""How much of a run's Fréchet distance is a matter of contrast: its samples with more contrast, measured again.

    python benchmarks/contrast.py --run_dir=runs/mnist_gp_wirgan_t5 --data_dir=DIR

A sample x in (-1, 1) becomes tanh(k artanh(x)), which takes every pixel further from grey and moves no stroke. Prints a
JSON line for each k, by the data set's classifier against test images.
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from trained_runs import restored, run_parser

from wirgan_tf import data, evaluation
from wirgan_tf.evaluation import REPORT_SEED
from wirgan_tf.models.sampling import Sampler, row_seeds

FACTORS = (1.0, 1.2, 1.5, 2.0)
MEASURES = ("is", "fid", "precision_recall")
_BOUND = 1 - 1e-6  # artanh(1) is infinite


def main() -> None:
    parser = run_parser(__doc__.splitlines()[0])
    parser.add_argument("--classifiers", default="~/.cache/wirgan_tf/classifiers", help="of --mode=train_classifier")
    parser.add_argument("--num_samples", type=int, default=10_000)
    arguments = parser.parse_args()
    config, model = restored(arguments)
    network = evaluation.feature_network(f"classifier:{config.dataset}", classifiers=arguments.classifiers)
    test = data.load(config.data, "test")
    images = Sampler(model).images(row_seeds(REPORT_SEED, arguments.num_samples))
    levels = np.arctanh(np.clip(images, -_BOUND, _BOUND))
    for factor in FACTORS:
        results = evaluation.evaluate_samples(np.tanh(factor * levels), test, network, split="test", measures=MEASURES)
        print(json.dumps({"benchmark": "contrast", "model": config.model, "updates": int(model.iteration), "k": factor,
                          **{result.measure: round(result.value, 3) for result in results}}))


if __name__ == "__main__":
    main()
