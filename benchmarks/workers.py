"""What a second worker brings: updates per second of one worker and of two, each with one core of this machine.

    python benchmarks/workers.py --size=28 --channels=1 --width=32 --steps=3 --batch=64

The batch is shared: two workers draw and judge half of it each. Prints a JSON line for one worker, for two, and for one
worker with half of the batch, whose time is what two would take if synchronising cost nothing. `benchmarks/traffic.py`
explains the bytes.
"""

import argparse
import json
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

_FLAGS = {"size": 28, "channels": 1, "width": 32, "steps": 3, "batch": 64, "critic_updates": 5, "repeats": 20}
_WARMUP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in _FLAGS.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--nosync_batch_norm", action="store_true", help="each worker normalises by itself")
    parser.add_argument("--core", type=int, help="of the one worker that this process is")
    arguments = parser.parse_args()
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
        measure(arguments)
        return
    for workers, batch in ((1, arguments.batch), (2, arguments.batch), (1, arguments.batch // 2)):
        start_workers(workers, batch)


def start_workers(workers: int, batch: int) -> None:
    """Runs this program once for each worker, on a core of its own; the first one reports."""
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scripts"))
    from launch_local import free_ports

    cluster = {"worker": [f"localhost:{port}" for port in free_ports(workers)]}
    processes = [subprocess.Popen(
        [sys.executable, *sys.argv, f"--batch={batch}", f"--core={core}"],
        env=os.environ | {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": "worker", "index": core}}),
                          "TF_NUM_INTRAOP_THREADS": "1"},
        stdout=None if core == 0 else subprocess.DEVNULL) for core in range(workers)]
    if sum(process.wait() for process in processes):
        sys.exit("a worker failed")


def measure(arguments: argparse.Namespace) -> None:
    import tensorflow as tf
    from common import report, summary
    from traffic import traffic

    from wirgan_tf.config import Config
    from wirgan_tf.models import build_model
    from wirgan_tf.training.strategies import Workers, build_strategy
    from wirgan_tf.training.updates import compiled_update

    strategy = build_strategy("auto")
    shape = (arguments.size, arguments.size, arguments.channels)
    config = Config(width=arguments.width, time_steps=arguments.steps, batch_size=arguments.batch,
                    critic_updates=arguments.critic_updates, sync_batch_norm=not arguments.nosync_batch_norm)
    with strategy.scope():
        model = build_model(config, shape)
    step, share = compiled_update(model, strategy, jit_compile=False), arguments.batch // strategy.num_replicas_in_sync
    images = tf.random.stateless_uniform([arguments.critic_updates, share, *shape], [0, 0], -1.0, 1.0)
    seconds, cpu_seconds = [], []
    for update in range(_WARMUP + arguments.repeats):
        start, cpu_start = time.perf_counter(), time.process_time()
        float(step({"image": images})["critic/loss"])
        if update >= _WARMUP:
            seconds.append(time.perf_counter() - start)
            cpu_seconds.append(time.process_time() - cpu_start)
    found = summary(seconds)
    if Workers(strategy).is_chief:
        report("workers", **vars(arguments), workers=strategy.num_replicas_in_sync, **found,
               cpu_s=summary(cpu_seconds)["median_s"], updates_per_s=round(1.0 / found["median_s"], 3),
               **traffic(config, model)._asdict())


if __name__ == "__main__":
    main()
