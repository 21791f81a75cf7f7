"""Seconds of a generator update here and of the same update in PyTorch, the two programs taking turns on one machine.

    python benchmarks/against_torch.py --torch_python=PYTHON --peer=torch_gp_wirgan.py

PYTHON has torch. The peer is a program that makes the same update of images: it takes the flags of an update's size of
`train_step.py` and --compile, and prints a JSON line with `median_s`; `torch_toy.py` here is the one for points. Prints
every program's line, and after each work the medians over turns, and the median of the turns' ratios of our time to
PyTorch's, eager or compiled, whichever is faster.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# For each work: flags of its size, repeats, and the ratio that is wanted.
_WORKS = {
    "28x28x1, width 128": ({"size": 28, "channels": 1, "width": 128}, 4, 0.75),
    "28x28x1, width 32": ({"size": 28, "channels": 1, "width": 32}, 16, 0.70),
    "32x32x3, width 64": ({"size": 32, "channels": 3, "width": 64}, 4, 0.75),
    "toy, 512 units": ({"width": 512, "batch": 128}, 40, 0.65),
}


def median_of(command: list[str], work: str) -> float:
    """Runs a program that prints a JSON line, shows the line as one of `work`, and returns its `median_s`."""
    shown = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in shown.stdout.splitlines() if line.startswith("{")]
    if shown.returncode or not lines:
        raise RuntimeError(f"{' '.join(command)} failed:\n{shown.stderr[-2000:]}")
    found = json.loads(lines[-1])
    print(json.dumps({**found, "benchmark": "against_torch_turn", "work": work}), flush=True)
    return found["median_s"]


def compare(work: str, torch_python: str, peer: str, turns: int) -> None:
    sizes, repeats, wanted = _WORKS[work]
    toy = work.startswith("toy")
    flags = [f"--{name}={value}" for name, value in {**sizes, "repeats": repeats}.items()]
    programs = {
        "ours": [sys.executable, str(HERE / "train_step.py"), *flags, *(["--toy"] if toy else [])],
        "eager": [torch_python, str(HERE / "torch_toy.py") if toy else peer, *flags]}
    programs["compiled"] = [*programs["eager"], "--compile"]
    seconds = [{name: median_of(command, work) for name, command in programs.items()} for _ in range(turns)]
    medians = {f"{name}_s": statistics.median(turn[name] for turn in seconds) for name in programs}
    ratios = sorted(turn["ours"] / min(turn["eager"], turn["compiled"]) for turn in seconds)
    print(json.dumps({"benchmark": "against_torch", "work": work, "turns": turns, **medians,
                      "ratio": round(statistics.median(ratios), 3), "least_ratio": round(ratios[0], 3),
                      "greatest_ratio": round(ratios[-1], 3), "wanted": wanted}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch_python", required=True, help="a Python that has torch")
    parser.add_argument("--peer", required=True, help="the program of the update of images in PyTorch")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--works", default=";".join(_WORKS), help="which, separated by ;")
    arguments = parser.parse_args()
    works = arguments.works.split(";")
    if unknown := [work for work in works if work not in _WORKS]:
        parser.error(f"--works: unknown {unknown[0]!r}; the choices, separated by ;, are {'; '.join(_WORKS)}")
    for work in works:
        compare(work, arguments.torch_python, arguments.peer, arguments.turns)


if __name__ == "__main__":
    main()
