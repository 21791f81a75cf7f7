"""Versions: which folders of a model are served, loaded before and unloaded after the switch from one to the next.

The rules are TensorFlow Serving's: integer folders are versions; a new one is loaded and warmed up before an old one is
unloaded; an old one answers every request that it has accepted. A version that cannot be loaded is reported with its
error and tried again when its files change; with the policy "newest", the newest that can be loaded is served.
"""

import asyncio
import contextlib
import dataclasses
import enum
import logging
import pathlib
import time
from collections.abc import Iterator

import grpc

from wirgan_tf.serving.errors import ServingError, from_exception, invalid
from wirgan_tf.serving.loaded_model import LoadedModel
from wirgan_tf.serving.settings import NEWEST, SPECIFIC, VersionPolicy
from wirgan_tf.serving.warmup import warm_up

_LARGEST_VERSION = 2**63 - 1


class State(enum.Enum):
    """A version's life, numbered as in get_model_status.proto."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclasses.dataclass(eq=False)
class Version:
    """One version, from the moment its folder is seen."""

    number: int
    folder: pathlib.Path
    state: State = State.START
    error: ServingError | None = None
    model: LoadedModel | None = None
    tried_files: frozenset = frozenset()
    _uses: int = 0
    _unused: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    def hold(self) -> None:
        """Keeps the model loaded until `release` has been called as often."""
        self._uses += 1
        self._unused.clear()

    def release(self) -> None:
        self._uses -= 1
        if not self._uses:
            self._unused.set()

    async def until_unused(self) -> None:
        if self._uses:
            await self._unused.wait()


class VersionManager:
    """Follows the folder of a model.

    Args:
      name: under which the model is served.
      base: folder of its versions.
      policy: which of them are served.
      labels: versions by name.
    """

    def __init__(self, name: str, base: pathlib.Path, policy: VersionPolicy, labels: dict[str, int]):
        self.name = name
        self.base = base
        self.policy = policy
        self.labels = labels
        self._versions: dict[int, Version] = {}
        self._polling = asyncio.Lock()
        self._unloading: set[asyncio.Task] = set()

    @contextlib.contextmanager
    def use(self, name: str, number: int | None = None, label: str | None = None) -> Iterator[Version]:
        """The version a request names, or else the newest, held in memory inside the `with` block.

        Raises: `ServingError` for a model, version or label that is not served.
        """
        if not name:
            raise invalid("ModelSpec has no name specified.")
        if label is not None:
            number = self._labelled(name, label)
        served = [version for version in self.served() if number is None or version.number == number]
        if name != self.name or not served:
            asked = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            raise ServingError(grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {asked}")
        version = max(served, key=lambda version: version.number)
        version.hold()
        try:
            yield version
        finally:
            version.release()

    def statuses(self, name: str, number: int | None = None, label: str | None = None) -> list[Version]:
        """The versions of a model, newest first, or the one that is asked for. Raises `ServingError` for none."""
        if label is not None:
            number = self._labelled(name, label)
        versions = [] if name != self.name else sorted(self._versions.values(), key=lambda version: -version.number)
        if number is not None:
            versions = [version for version in versions if version.number == number]
        if not versions:
            which = "any versions" if number is None else f"version {number}"
            raise ServingError(grpc.StatusCode.NOT_FOUND, f"Could not find {which} of model {name}")
        return versions

    def served(self) -> list[Version]:
        """The versions that answer requests."""
        return [version for version in self._versions.values() if version.state == State.AVAILABLE]

    async def configure(self, policy: VersionPolicy, labels: dict[str, int]) -> None:
        """Changes which versions are served and how they are labelled.

        Raises: FAILED_PRECONDITION for a label of a version that would not be served; the labels stay as they were.
        """
        self.policy = policy
        await self.poll()
        for label, number in labels.items():
            if number not in self._versions or self._versions[number].state != State.AVAILABLE:
                raise ServingError(grpc.StatusCode.FAILED_PRECONDITION, f"Request to assign label {label} to version "
                                   f"{number} of model {self.name}, which is not currently available for inference")
        self.labels = labels

    async def poll(self) -> None:
        """Looks at the folder once: loads what is to be served, then unloads what is not."""
        async with self._polling:
            found = await asyncio.to_thread(_version_folders, self.base)
            keep = await self._load_wanted(found)
            if keep or not found:  # never unloads what is served for the sake of what cannot be
                for version in self.served():
                    if version.number not in keep:
                        self._start_unloading(version)

    async def close(self) -> None:
        """Unloads everything, after the last request has been answered."""
        for version in self.served():
            self._start_unloading(version)
        await asyncio.gather(*self._unloading)

    def _labelled(self, name: str, label: str) -> int:
        if name != self.name or label not in self.labels:
            raise invalid(f"Unrecognized servable version label: {label}")
        return self.labels[label]

    async def _load_wanted(self, found: dict[int, pathlib.Path]) -> set[int]:
        """Loads what the policy wants of the folders `found` and returns which numbers can be served."""
        kept = set()
        for number in sorted(found, reverse=True):
            if self.policy.kind == NEWEST and len(kept) == self.policy.count:
                break
            wanted = self.policy.kind != SPECIFIC or number in self.policy.numbers
            if wanted and await self._is_loaded(number, found[number]):
                kept.add(number)
        return kept

    async def _is_loaded(self, number: int, folder: pathlib.Path) -> bool:
        version = self._versions.get(number)
        if version is not None and version.state == State.AVAILABLE:
            return True
        if version is not None and version.state == State.UNLOADING:
            return False
        files = await asyncio.to_thread(_files, folder)
        if version is not None and version.error is not None and version.tried_files == files:
            return False
        version = self._versions[number] = Version(number, folder, tried_files=files)
        await self._load(version)
        return version.state == State.AVAILABLE

    async def _load(self, version: Version) -> None:
        version.state = State.LOADING
        start = time.monotonic()
        try:
            version.model, warmups = await asyncio.to_thread(_load_and_warm_up, version.folder)
        except Exception as error:  # whatever a folder does to the loader, the server goes on and reports it
            failure = from_exception(error)
            version.state = State.END
            version.error = ServingError(failure.code, failure.message)  # without the traceback, which holds the model
            logging.warning("version %d of %s cannot be served: %s", version.number, self.name, version.error.message)
        else:
            version.state = State.AVAILABLE
            logging.info("version %d of %s is served (loaded in %.1f s, %d warmup requests)", version.number, self.name,
                         time.monotonic() - start, warmups)

    def _start_unloading(self, version: Version) -> None:
        version.state = State.UNLOADING
        task = asyncio.create_task(self._unload(version))
        self._unloading.add(task)
        task.add_done_callback(self._unloading.discard)

    async def _unload(self, version: Version) -> None:
        await version.until_unused()
        model, version.model = version.model, None
        await asyncio.to_thread(model.close)
        version.state = State.END
        logging.info("version %d of %s is unloaded", version.number, self.name)


def _load_and_warm_up(folder: pathlib.Path) -> tuple[LoadedModel, int]:
    model = LoadedModel(folder)
    try:
        return model, warm_up(model, folder)
    except Exception:
        model.close()
        raise


def _version_folders(base: pathlib.Path) -> dict[int, pathlib.Path]:
    """The version folders below `base` by number; names such as 00000123 are versions, too."""
    folders = {}
    for folder in sorted(base.iterdir()) if base.is_dir() else []:
        name = folder.name
        if name.isascii() and name.isdigit() and int(name) <= _LARGEST_VERSION and folder.is_dir():
            folders[int(name)] = folder
    return folders


def _files(folder: pathlib.Path) -> frozenset:
    """What distinguishes one state of a folder from another: names, sizes and times of its files."""
    found = set()
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # a link that leads nowhere, or a file that has gone in the meantime
            status = path.stat()
            found.add((str(path), status.st_size, status.st_mtime_ns))
    return frozenset(found)
