"""Whether the measures rank what has a known order: real images before blurred ones before noise, on prepared MNIST.

    python benchmarks/known_orders.py --data_dir=DIR --classifiers=FOLDER

Prints a JSON line for each kind of image: 5,000 of it against 5,000 test images.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from common import Drawn, report
from scipy.ndimage import gaussian_filter

from wirgan_tf import data, evaluation
from wirgan_tf.data.mnist import Mnist

_IMAGES = 5_000
_MEASURES = ("fid", "kid", "is", "precision_recall", "density_coverage", "classifier_error")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    parser.add_argument("--classifiers", default="~/.cache/wirgan_tf/classifiers")
    arguments = parser.parse_args()
    mnist = Mnist(data_dir=arguments.data_dir)
    train, test = (data.load(mnist, split) for split in ("train", "test"))
    classifiers = tuple(evaluation.load_classifier("mnist", arguments.classifiers, seed=seed)
                        for seed in evaluation.SEEDS)
    real = np.concatenate(list(evaluation.some_real_images(train, _IMAGES)))
    kinds = {"training images": real, "noise": np.random.default_rng(0).uniform(-1, 1, real.shape).astype(np.float32)}
    kinds |= {f"blurred by {sigma}": np.clip(gaussian_filter(real, (0, sigma, sigma, 0)), -1, 1) for sigma in (1, 2)}
    kinds |= {"all test images": np.concatenate(list(evaluation.some_real_images(test, test.size)))}
    for kind, images in kinds.items():
        results = evaluation.evaluate(Drawn(images.__getitem__), test,
                                      evaluation.Instruments(classifiers[0], classifiers),
                                      evaluation.Protocol(_MEASURES, len(images)))
        report("known_orders", kind=kind, images=len(images),
               **{result.measure: float(f"{result.value:.4g}") for result in results})


if __name__ == "__main__":
    main()
