"""Bulk sampling by one and by two processes, and with a kill -9 of everything half-way: how fast, and whether the same.

    python benchmarks/bulk_sampling.py --model_dir=EXPORT --classifiers=DIR

Prints a JSON line for each run: times, peak memory of the program, of a worker and of all, a checksum of the shards,
how many seeds there are and how often each, and the measures.
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


def watch(command: list[str], output: pathlib.Path, kill_at: float | None = None) -> dict:
    """Runs the program; with `kill_at`, ends its whole process group by SIGKILL when that share of shards is there."""
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
    return {"wall_s": round(time.perf_counter() - start, 1), "shards": f"{arrivals[-1][1]} of {of}", "peak_mb": peaks,
            "first_shard_s": round(arrivals[0][0], 1), "last_shard_s": round(arrivals[-1][0], 1)}


def remember_peaks(pid: int, peaks: collections.Counter) -> None:
    try:
        program = psutil.Process(pid)
        sizes = [program.memory_info().rss, *(child.memory_info().rss for child in program.children(recursive=True))]
    except psutil.NoSuchProcess:
        return
    for name, size in (("program", sizes[0]), ("worker", max(sizes[1:], default=0)), ("all", sum(sizes))):
        peaks[name] = max(peaks[name], size >> 20)


def content(output: pathlib.Path) -> dict:
    """A checksum of the shards, how often seeds are there, and the measures."""
    digest, seeds = hashlib.sha256(), collections.Counter()
    for path in sorted(output.glob("shard-*")):
        digest.update(path.read_bytes())
        for record in tf.data.TFRecordDataset(str(path)):
            seeds.update(tf.train.Example.FromString(record.numpy()).features.feature["seed"].int64_list.value)
    results = json.loads((output / "manifest.json").read_text())["results"]
    return {"sha256": digest.hexdigest(), "seeds": len(seeds), "times_each": sorted(set(seeds.values())),
            **{result["measure"]: result["value"] for result in results}}


if __name__ == "__main__":
    main()
