"""Bulk sampling by one and two processes, and with a kill -9 of everything half-way: its speed, and if results agree.

    python benchmarks/bulk_sampling.py --model_dir=EXPORT --classifiers=DIR

Prints a JSON line for each run: times, peak memory of the program, of a worker and of all, a checksum of the shards,
how many seeds there are and how often each occurs, and the measures. The last line has the measures of the same samples
by `evaluate`, which holds the features of all of them.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import psutil
import tensorflow as tf
from common import report

from wirgan_tf import data, evaluation
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model_dir", required=True)
    parser.add_argument("--classifiers", default="~/.cache/wirgan_tf/classifiers")
    parser.add_argument("--num_samples", type=int, default=100_000)
    parser.add_argument("--metrics", default="fid,is,kid")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for workers, kill_at in ((1, None), (2, None), (2, 0.5)):
            output = pathlib.Path(folder) / f"{workers}_{kill_at}"
            command = [sys.executable, "-m", "wirgan_tf.main", "--mode=bulk_sample", f"--output={output}",
                       f"--workers={workers}", *(f"--{name}={value}" for name, value in vars(arguments).items())]
            killed = kill_at and watch(command, output, kill_at)["shards"]
            report("bulk_sampling", num_samples=arguments.num_samples, workers=workers, killed_at=killed,
                   **watch(command, output), **content(output))
    report("bulk_sampling_whole", num_samples=arguments.num_samples, **whole(arguments))


def watch(command: list[str], output: pathlib.Path, kill_at: float | None = None) -> dict:
    """Runs the program; with `kill_at`, ends its whole process group by SIGKILL when that share of shards is done."""
    start, peaks, arrivals = time.perf_counter(), collections.Counter(), []
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while program.poll() is None:
        remember_peaks(program.pid, peaks)
        there = sorted(output.glob("shard-*"))
        if there and (not arrivals or len(there) > arrivals[-1][1]):
            of = int(there[0].stem.split("-of-")[1])
            arrivals.append((time.perf_counter() - start, len(there)))
            if kill_at and len(there) >= kill_at * of:
                os.killpg(program.pid, signal.SIGKILL)
        time.sleep(0.2)
    if program.returncode and not kill_at:
        raise SystemExit(f"the program failed with {program.returncode}")
    return {"wall_s": round(time.perf_counter() - start, 1), "shards": f"{arrivals[-1][1]} of {of}", **peaks,
            "first_shard_s": round(arrivals[0][0], 1), "last_shard_s": round(arrivals[-1][0], 1)}


def remember_peaks(pid: int, peaks: collections.Counter) -> None:
    try:
        program = psutil.Process(pid)
        processes = [program, *program.children(recursive=True)]
        sizes = [process.memory_info().rss >> 20 for process in processes]
        seconds = sum(sum(process.cpu_times()[:2]) for process in processes)
    except psutil.NoSuchProcess:
        return
    now = {"program_mb": sizes[0], "worker_mb": max(sizes[1:], default=0), "all_mb": sum(sizes), "cpu_s": seconds}
    for name, value in now.items():
        peaks[name] = max(peaks[name], round(value))


def content(output: pathlib.Path) -> dict:
    """A checksum of the shards, how often seeds occur, and the measures."""
    digest, seeds = hashlib.sha256(), collections.Counter()
    for path in sorted(output.glob("shard-*")):
        digest.update(path.read_bytes())
        for record in tf.data.TFRecordDataset(str(path)):
            seeds.update(tf.train.Example.FromString(record.numpy()).features.feature["seed"].int64_list.value)
    results = json.loads((output / "manifest.json").read_text())["results"]
    return {"sha256": digest.hexdigest(), "seeds": len(seeds), "times_each": sorted(set(seeds.values())),
            **{result["measure"]: result["value"] for result in results}}


def whole(arguments: argparse.Namespace) -> dict:
    exported = ExportedGenerator(pathlib.Path(arguments.model_dir))
    source = data.load(Config(dataset=exported.dataset).data, "test")
    network = evaluation.feature_network(f"classifier:{source.name}", classifiers=arguments.classifiers)
    results = evaluation.evaluate(exported, source, evaluation.Instruments(network),
                                  evaluation.Protocol(("fid", "is"), arguments.num_samples))
    return {result.measure: result.value for result in results}


if __name__ == "__main__":
    main()
