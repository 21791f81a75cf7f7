"""How fast a folder of pictures is translated, against the network alone.

    python benchmarks/translation.py --width=32

Makes 100 JPEG and PNG pictures of mixed sizes (64 to 256 pixels per side), and translates them by a Pix2Pix of --side
images with its initial weights, taking turns: by `translate_files`, which reads, pads, batches, crops and writes, and
by the network alone, on arrays of the padded sizes in memory, one call for each picture. Prints a JSON line:
  translation: pictures per second of both, and their ratio.
"""

import argparse
import os
import pathlib
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from common import report
from PIL import Image

from wirgan_tf.config import Config
from wirgan_tf.data.pixels import Pixels
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.reflection import padded
from wirgan_tf.translation.any_size import AnySize
from wirgan_tf.translation.files import read_source, tasks, translate_files

_SMALLEST, _LARGEST, _CELL = 64, 256, 16


def write_pictures(folder: pathlib.Path, count: int) -> None:
    """Pictures that compress like photographs: noise of low resolution, enlarged."""
    random = np.random.default_rng(0)
    for number in range(count):
        size = tuple(random.integers(_SMALLEST, _LARGEST + 1, 2).tolist())
        cells = random.integers(0, 256, [size[1] // _CELL, size[0] // _CELL, 3], np.uint8)
        picture = Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:03d}.{('jpg', 'png')[number % 2]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--side", type=int, default=64, help="of the images that the network is built for")
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    shape = (options.side, options.side, 3)
    model = build_model(Config(model="pix2pix", width=options.width), {"image": Entry(shape), "source": Entry(shape)})
    network = tf.function(model.translate, input_signature=[tf.TensorSpec([None, None, None, 3])], autograph=False)
    translate = AnySize(network, model.size_multiple, model.smallest_side)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "in").mkdir()
        write_pictures(folder / "in", options.pictures)
        files = tasks(folder / "in", folder / "out")
        arrays = [padded(tf.constant(read_source(task.source, Pixels())[np.newaxis]), model.size_multiple,
                         model.smallest_side) for task in files]
        seconds = {"folder": [], "network": []}
        for turn in range(options.rounds + 1):  # the first warms up
            start = time.perf_counter()
            for _ in translate_files(translate, files, Pixels()):
                pass
            middle = time.perf_counter()
            for array in arrays:
                network(array).numpy()
            if turn:
                seconds["folder"].append(middle - start)
                seconds["network"].append(time.perf_counter() - middle)
    rates = {kind: round(options.pictures / float(np.median(times)), 2) for kind, times in seconds.items()}
    report("translation", width=options.width, pictures=options.pictures, per_second=rates,
           ratio=round(rates["folder"] / rates["network"], 3))


if __name__ == "__main__":
    main()
