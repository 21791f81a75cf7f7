"""--mode=toy."""

import pathlib

from wirgan_tf import pictures
from wirgan_tf.command_line import Request
from wirgan_tf.toy import EXPERIMENTS, check_used, run, table

_SAMPLES = 2_500  # as many as Srivastava et al. 2017 judge by


def toy(request: Request) -> None:
    """Runs the toy study: a picture for each of the paper's figures, and a line of numbers for each panel."""
    folder = pathlib.Path(request.run_dir or "runs/toy")
    sheets = {}
    for name in request.experiments.split(","):
        sheets |= EXPERIMENTS[name.strip()](request.given)
    check_used(sheets.values(), request.given)
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for name, rows in sheets.items():
        picture, numbers = run(rows, request.num_samples or _SAMPLES, folder / "numbers.jsonl")
        pictures.save(picture, folder / f"{name}.png")
        results += numbers
    print(f"{table(results)}\npictures and numbers in {folder}")
