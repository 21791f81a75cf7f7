"""How the embedded server bears load: many clients that each ask for one row after another, without a pause.

    python benchmarks/serving.py --model_base=export/models/mnist_gp_wirgan_t3 --seconds=30
    python benchmarks/serving.py --model_base=export/models/mnist_gp_wirgan_t3 --soak_minutes=30

Prints JSON lines:
  serving: requests per second and their times, with and without batching (calls of the model shared by requests);
  serving_new_version: the same while a new version comes; `lost` are requests that were not answered;
  serving_soak: the same for each minute of --soak_minutes, with the memory of the server's process and no other lines.
The clients run on the same machine and take their share of it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import aiohttp
import numpy as np
import psutil


class Load:
    """Clients that ask one server; notes the time of each answer.

    Args:
      address: of the REST API.
      model: its name.
      signature: of rows, with the inputs seed and truncation; or serving_default, with the input z.
      clients: how many ask at a time.
    """

    def __init__(self, address: str, model: str, signature: str, clients: int):
        self._url = f"{address}/v1/models/{model}"
        self._signature = signature
        self._clients = clients
        self._next_seed = 0
        self.milliseconds: list[float] = []
        self.lost: list[str] = []

    async def run(self, seconds: float) -> None:
        """Asks for `seconds`, and waits for the last answers."""
        over = time.monotonic() + seconds
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            async with session.get(f"{self._url}/metadata") as response:
                signatures = (await response.json())["metadata"]["signature_def"]["signature_def"]
            sizes = signatures["serving_default"]["inputs"]["z"]["tensor_shape"]["dim"]
            self._row_of_z = [int(size["size"]) for size in sizes[1:]]
            await asyncio.gather(*(self._ask_until(over, session) for _ in range(self._clients)))

    async def served(self) -> list[str]:
        """The versions that are available."""
        async with aiohttp.ClientSession() as session, session.get(self._url) as response:
            statuses = (await response.json())["model_version_status"]
        return [status["version"] for status in statuses if status["state"] == "AVAILABLE"]

    def summary(self, seconds: float) -> dict:
        """The numbers of the answers so far, which are then forgotten."""
        found = {"clients": self._clients, "signature": self._signature, "requests": len(self.milliseconds),
                 "requests_per_s": round(len(self.milliseconds) / seconds, 1), "lost": len(self.lost)}
        if self.milliseconds:
            p50, p99, longest = np.percentile(self.milliseconds, [50, 99, 100])
            found |= {"p50_ms": round(p50, 1), "p99_ms": round(p99, 1), "longest_ms": round(longest, 1)}
        if self.lost:
            found["first_lost"] = self.lost[0]
        self.milliseconds, self.lost = [], []
        return found

    def _row(self) -> dict:
        self._next_seed += 1
        if self._signature != "serving_default":
            return {"seed": [self._next_seed], "truncation": [1.0]}
        return {"z": np.random.default_rng(self._next_seed).uniform(-1, 1, [1, *self._row_of_z]).tolist()}

    async def _ask_until(self, over: float, session: aiohttp.ClientSession) -> None:
        while time.monotonic() < over:
            request = {"signature_name": self._signature, "inputs": self._row()}
            start = time.monotonic()
            try:
                async with session.post(f"{self._url}:predict", json=request) as response:
                    answer = await response.json()
            except aiohttp.ClientError as error:
                self.lost.append(repr(error))
                continue
            if len(answer.get("outputs", [])) == 1:
                self.milliseconds.append((time.monotonic() - start) * 1e3)
            else:
                self.lost.append(json.dumps(answer)[:200])


@contextlib.contextmanager
def server(base: pathlib.Path, *flags: str):
    """The program over the versions in `base`: (REST address, process)."""
    command = [sys.executable, "-m", "wirgan_tf.main", "--mode=serve", f"--model_base={base}", "--model_name=model",
               "--rest_port=0", "--grpc_port=0", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line:
            raise OSError(f"the server did not start: {' '.join(command)}")
        yield line.split(" REST ")[1].split()[0], process
        process.terminate()
        if process.wait(60):
            raise OSError(f"the server ended with code {process.returncode}")
    finally:
        process.kill()


def cpu_seconds(process: subprocess.Popen) -> float:
    """CPU seconds the server has spent: other work on the machine changes them less than the times of its answers."""
    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


def show(benchmark: str, **found) -> None:
    print(json.dumps({"benchmark": benchmark, **found, "cpus": os.cpu_count(), "python": platform.python_version()}),
          flush=True)


def batching(arguments) -> None:
    for batched in (True, False):
        with server(arguments.model_base, "--batched_signatures=auto" if batched else "--batched_signatures=none",
                    *arguments.flags) as (address, process):
            load = Load(address, "model", arguments.signature, arguments.clients)
            asyncio.run(load.run(min(5.0, arguments.seconds)))
            load.summary(1.0)  # the first calls are forgotten
            before = cpu_seconds(process)
            asyncio.run(load.run(arguments.seconds))
            spent = cpu_seconds(process) - before
            summary = load.summary(arguments.seconds)
            show("serving", batching=batched, **summary,
                 cpu_ms_per_request=round(spent * 1e3 / max(1, summary["requests"]), 2))


def new_version(arguments) -> None:
    """A copy of the newest version comes as the next one after a third of the time."""
    numbers = [int(path.name) for path in arguments.model_base.iterdir() if path.name.isdigit()]
    newest = arguments.model_base / str(max(numbers))

    async def come(load: Load, base: pathlib.Path) -> float:
        await asyncio.sleep(arguments.seconds / 3)
        await asyncio.to_thread(shutil.copytree, newest, base / ".partial")
        (base / ".partial").rename(base / "2")
        start = time.monotonic()
        while await load.served() != ["2"]:
            await asyncio.sleep(0.05)
        return time.monotonic() - start

    async def run(load: Load, base: pathlib.Path) -> float:
        switch, _ = await asyncio.gather(come(load, base), load.run(arguments.seconds))
        return switch

    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder)
        shutil.copytree(newest, base / "1")
        with server(base, *arguments.flags) as (address, _):
            load = Load(address, "model", arguments.signature, arguments.clients)
            switch = asyncio.run(run(load, base))
            show("serving_new_version", switched_after_s=round(switch, 2), **load.summary(arguments.seconds))


def soak(arguments) -> None:
    with server(arguments.model_base, *arguments.flags) as (address, process):
        load = Load(address, "model", arguments.signature, arguments.clients)
        for minute in range(arguments.soak_minutes + 1):
            memory = psutil.Process(process.pid).memory_info().rss / 2**20
            show("serving_soak", minute=minute, memory_mib=round(memory, 1), **load.summary(60.0))
            if minute < arguments.soak_minutes:
                asyncio.run(load.run(60.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model_base", required=True, type=pathlib.Path, help="folder of an export's versions")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--signature", default="png_rows", help="of seeds and truncations, or serving_default")
    parser.add_argument("--soak_minutes", type=int, default=0)
    parser.add_argument("flags", nargs="*", help="further flags of the server, after --")
    arguments = parser.parse_args()
    if arguments.soak_minutes:
        soak(arguments)
    else:
        batching(arguments)
        new_version(arguments)


if __name__ == "__main__":
    main()
