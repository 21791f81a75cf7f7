"""Starts the workers of one training run on this machine, for trying and for tests.

    python scripts/launch_local.py --workers=2 -- --flagfile=configs/digits_gp_wirgan_t3.flags --run_dir=runs/mine

What stands after -- are flags of `python -m wirgan_tf.main`, the same for every worker. Each worker gets a free port
and a TF_CONFIG that tells it who it is; its lines are shown behind its number. SIGTERM and Ctrl-C are passed on to all.
When a worker fails, the others are given half a minute to end by themselves. The exit code is that of the first to fail
(128 and the signal's number when it was killed), or 0.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

_GRACE = 30.0  # seconds that workers have to end in when one has failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2, help="how many processes to start")
    parser.add_argument("flags", nargs="+", help="after --: flags of wirgan_tf.main")
    arguments = parser.parse_args()
    if arguments.workers < 1:
        parser.error(f"--workers={arguments.workers}: must be at least 1")
    addresses = [f"localhost:{port}" for port in free_ports(arguments.workers)]
    workers = [start(arguments.flags, addresses, index) for index in range(arguments.workers)]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: pass_on(number, workers))
    showing = [threading.Thread(target=show, args=(index, worker)) for index, worker in enumerate(workers)]
    for thread in showing:
        thread.start()
    code = wait(workers)
    for thread in showing:
        thread.join()
    return code


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start(flags: list[str], addresses: list[str], index: int) -> subprocess.Popen:
    task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
    return subprocess.Popen([sys.executable, "-m", "wirgan_tf.main", "--strategy=multi_worker", *flags],
                            env={**os.environ, "TF_CONFIG": json.dumps(task)}, text=True, errors="replace",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            start_new_session=True)  # or Ctrl-C would reach it twice


def show(index: int, worker: subprocess.Popen) -> None:
    for line in worker.stdout:
        # One write a line: the end of it written apart could come behind another worker's line.
        print(f"[worker {index}] {line.rstrip()}\n", end="", flush=True)


def pass_on(number: int, workers: list[subprocess.Popen]) -> None:
    for worker in workers:
        if worker.poll() is None:
            worker.send_signal(number)


def wait(workers: list[subprocess.Popen]) -> int:
    """Returns when all have ended, having seen to it that they do."""
    failure, deadline = 0, float("inf")
    while any(worker.poll() is None for worker in workers):
        failed = [worker.returncode for worker in workers if worker.returncode]
        if failed and not failure:
            failure, deadline = failed[0], time.monotonic() + _GRACE
        if time.monotonic() > deadline:
            pass_on(signal.SIGKILL, workers)
        time.sleep(0.1)
    failure = failure or next((worker.returncode for worker in workers if worker.returncode), 0)
    return failure if failure >= 0 else 128 - failure


if __name__ == "__main__":
    sys.exit(main())
