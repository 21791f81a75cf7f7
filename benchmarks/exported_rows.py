"""What it costs and buys to draw rows one by one, and what truncation does to the images of an export.

    python benchmarks/exported_rows.py --model_dir=export/models/mnist_gp_wirgan_t3/1

Prints a JSON line for each number of rows: times of `sample_rows`, which draws one by one, and of `serving_default`,
and the largest difference of their images; then one for each truncation: the standard deviation of the images over
seeds, averaged over the pixels.
"""

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

_BATCHES, _REPEATS = (1, 64), 10
_TRUNCATIONS, _SEEDS = (1.0, 0.8, 0.5, 0.25, 0.1, 0.03, 0.01), 500


def main(folder: str) -> None:
    signatures = tf.saved_model.load(folder).signatures

    def rows(signature: str, count: int, truncation: float = 1.0) -> np.ndarray:
        answer = signatures[signature](seed=tf.range(count, dtype=tf.int64), truncation=tf.fill([count], truncation))
        return next(iter(answer.values())).numpy()

    for count in _BATCHES:
        z = tf.constant(rows("latents_rows", count))
        by_row, at_once = rows("sample_rows", count), signatures["serving_default"](z=z)["images"].numpy()
        print(json.dumps({
            "rows": count, "largest_difference": float(np.abs(by_row - at_once).max()),
            "one_by_one_ms": _milliseconds(lambda count=count: rows("sample_rows", count)),
            "at_once_ms": _milliseconds(lambda z=z: signatures["serving_default"](z=z)["images"].numpy())}))
    for truncation in _TRUNCATIONS:
        spread = rows("sample_rows", _SEEDS, truncation).std(axis=0).mean()
        print(json.dumps({"truncation": truncation, "seeds": _SEEDS, "spread": round(float(spread), 3)}))


def _milliseconds(call) -> float:
    """The shortest of some calls: what else the machine does only adds."""
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return round(1e3 * min(times), 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", required=True, help="folder of a version")
    main(parser.parse_args().model_dir)
