"""The folder of a bulk job: what the job is, which of its shards are done, and its results."""

import functools
import json
import os
import pathlib
import shutil
import uuid
from collections.abc import Sequence
from typing import Any

from wirgan_tf.bulk.shards import Shard
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.files import unfinished_files, write_whole


class Folder:
    """A job's folder.

    | in it | |
    |---|---|
    | `manifest.json` | the job; at the end also its results |
    | `shard-00002-of-00025<suffix>` | the samples of a shard: there if and only if it is done |
    | `shard_statistics/` | the statistics of the shards, until they are combined |
    | `statistics.npz` | the statistics of all shards |
    | `.partial/` | what is being written |

    Args:
      path: of the folder.
      suffix: of a shard's samples; None when a shard is its statistics alone.
    """

    def __init__(self, path: pathlib.Path, suffix: str | None):
        self.path = path
        self.suffix = suffix
        self.manifest = path / "manifest.json"
        self.statistics = path / "statistics.npz"
        self._partial = path / ".partial"
        self._shard_statistics = path / "shard_statistics"

    def begin(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """Makes the folder, or takes it up where an earlier program left off; one program at a time.

        Returns: the manifest, when the job is done already.
        Raises: `ValueError` when the folder holds another job, naming what differs, or anything else.
        """
        manifest = {"job": job, "finished": False}
        if self.manifest.is_file():
            manifest = json.loads(self.manifest.read_text())
            self._check_same(manifest["job"], job)
        elif self.path.exists() and not self._is_barely_begun():
            raise ValueError(f"{self.path} is there already and holds no bulk job; use another")
        if manifest["finished"]:
            return manifest
        shutil.rmtree(self._partial, ignore_errors=True)
        for folder in (self.path, self._partial, self._shard_statistics):
            folder.mkdir(exist_ok=True)
        self._write(manifest)
        return None

    def shard(self, shard: Shard) -> pathlib.Path:
        """The path that exists when the shard is done."""
        if self.suffix is None:
            return self._shard_statistics / f"{shard.name}.npz"
        return self.path / f"shard-{shard.name}{self.suffix}"

    def done(self, shards: Sequence[Shard]) -> list[Shard]:
        """Those of `shards` that are done."""
        there = set(os.listdir(self.shard(shards[0]).parent))
        return [shard for shard in shards if self.shard(shard).name in there]

    def partial(self, shard: Shard) -> pathlib.Path:
        """Where to write a shard's samples before they are published: a new name for every attempt."""
        return self._partial / f"{shard.name}.{uuid.uuid4().hex}"

    def publish(self, shard: Shard, statistics: Statistics | None, samples: pathlib.Path | None) -> None:
        """Makes the shard done, by one rename at the end.

        What it holds is a function of the shard, so a second attempt, which some runners make, changes nothing.
        """
        if statistics is not None:
            statistics.save(self._shard_statistics / f"{shard.name}.npz", {})
        if samples is not None and samples.is_dir() and self.shard(shard).exists():
            shutil.rmtree(samples)
        elif samples is not None:
            os.replace(samples, self.shard(shard))

    def combined(self, shards: Sequence[Shard]) -> Statistics:
        """The statistics of all `shards`, combined in their order, whoever made them and when."""
        parts = (Statistics.load(self._shard_statistics / f"{shard.name}.npz")[0] for shard in shards)
        return functools.reduce(Statistics.combine, parts)

    def finish(self, shards: Sequence[Shard], results: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """Writes down that all is done, tidies up, and returns the manifest."""
        manifest = json.loads(self.manifest.read_text()) | {"finished": True, "results": list(results)}
        if self.suffix is not None:
            manifest["shards"] = [{"name": self.shard(shard).name, "first": shard.first, "count": shard.count}
                                  for shard in shards]
        self._write(manifest)
        for folder in (self._partial, self._shard_statistics):
            shutil.rmtree(folder)
        return manifest

    def _is_barely_begun(self) -> bool:
        """Whether nothing is there but what `begin` makes before the manifest, as when `begin` was killed."""
        if not self.path.is_dir():
            return False
        made = {self._partial, self._shard_statistics}
        empty = all(path.is_dir() and not any(path.iterdir()) for path in made if path.exists())
        return empty and made.union(unfinished_files(self.path)).issuperset(self.path.iterdir())

    def _check_same(self, there: dict[str, Any], asked_for: dict[str, Any]) -> None:
        differing = [f"{name} ({there.get(name)} there, {asked_for.get(name)} asked for)"
                     for name in {**there, **asked_for} if there.get(name) != asked_for.get(name)]
        if differing:
            raise ValueError(f"{self.path} holds another job: {', '.join(differing)}; use another")

    def _write(self, manifest: dict[str, Any]) -> None:
        write_whole(self.manifest, json.dumps(manifest, indent=2).encode() + b"\n")
