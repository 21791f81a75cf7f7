"""Which files in a folder are the images of a data set, and which split each belongs to."""

import collections
import os
import pathlib
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff")
SPLITS = ("train", "test", "validation")
_SPLIT_NAMES = {"train": "train", "training": "train", "test": "test", "testing": "test", "val": "validation",
                "valid": "validation", "validation": "validation", "dev": "validation"}
_SYSTEM_FOLDERS = {"__macosx", "__pycache__", "lost+found", "$recycle.bin", "recycler", "system volume information",
                   "@eadir", "@tmp", "#recycle", "#snapshot", "@recycle", "@recently-snapshot"}
_IN_A_RUN = {"checkpoints", "tensorboard", "samples", "export", "stage_one"}
_ENDINGS_SHOWN = 5
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")  # of "train2017", "trainA" and "DIV2K_train_HR", "train" is one


class ImageFile(NamedTuple):
    """A file that should be an image.

    Attributes:
      path: where it is.
      name: its path below the data set's folder, with slashes.
      state: its size and when its content and its entry were changed, in nanoseconds.
    """

    path: str
    name: str
    state: tuple[int, int, int]

    @property
    def key(self) -> bytes:
        """The name as bytes, the same on systems that decompose accents."""
        return unicodedata.normalize("NFC", self.name).encode(errors="surrogateescape")


class Listing(NamedTuple):
    """The images of a folder in the order of their keys, and how many files or folders were passed over, by reason."""

    files: tuple[ImageFile, ...]
    passed_over: tuple[tuple[str, int], ...]


def list_images(folder: pathlib.Path, accepted: tuple[str, ...] = ENDINGS) -> Listing:
    """The images in `folder` and below it, each file once, whatever links lead to it.

    Hidden and system folders are left out, and so are the folders that this program writes, and links to folders above.

    Args:
      folder: where to look.
      accepted: endings of images, in lower case.

    Raises: `FileNotFoundError` when there is no such folder or no image, `OSError` for a folder that cannot be read.
    """
    if folder.is_file():
        raise FileNotFoundError(f"{folder} is a file; give the folder of the images as data_dir")
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder {folder} does not exist; give the folder of the images as data_dir")
    reasons: collections.Counter[str] = collections.Counter()
    endings: collections.Counter[str] = collections.Counter()
    found = []
    for path in _visible_files(str(folder), reasons):
        ending = os.path.splitext(path)[1].lower()
        if ending not in accepted:
            endings[ending or "none"] += 1
        elif (status := _status(path)) is None:
            reasons["links to nothing"] += 1
        elif not stat.S_ISREG(status.st_mode):
            reasons["other than regular files"] += 1
        else:
            name = pathlib.Path(path).relative_to(folder).as_posix()
            state = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            found.append((os.path.islink(path), ImageFile(path, name, state), (status.st_dev, status.st_ino)))
    files = {}
    for _, file, place in sorted(found, key=lambda each: (each[0], each[1].key)):  # a file before the links to it
        if place in files:
            reasons["further links to the same file"] += 1
        else:
            files[place] = file
    if not files:
        passed_over = f" (passed over: {listed_reasons(reasons.items())})" if reasons else ""
        raise FileNotFoundError(f"there is no image in {folder} or below it{passed_over}; the accepted endings are "
                                f"{', '.join(accepted)}")
    if endings:
        commonest = sorted(endings.items(), key=lambda each: (-each[1], each[0]))[:_ENDINGS_SHOWN]
        shown = ", ".join(f"{ending} {count}" for ending, count in commonest)
        reasons[f"files of other endings ({shown}{', ...' if len(endings) > _ENDINGS_SHOWN else ''})"] = endings.total()
    return Listing(tuple(sorted(files.values(), key=lambda file: file.key)), tuple(reasons.items()))


def listed_reasons(passed_over: Iterable[tuple[str, int]]) -> str:
    """In words, as in "hidden files: 2, broken: 1"."""
    return ", ".join(f"{reason}: {count}" for reason, count in passed_over if count) or "nothing"


def _visible_files(root: str, reasons: collections.Counter[str]) -> Iterator[str]:
    """Paths of the files that are not hidden. Counts in `reasons` what is passed over."""
    starts, visited = collections.deque([root]), set()
    while starts:  # a folder itself goes before the links to it
        for parent, folders, names in os.walk(starts.popleft(), onerror=_raise):
            status = os.stat(parent)
            if (status.st_dev, status.st_ino) in visited:
                reasons["further links to the same folder"] += 1
                folders.clear()
                continue
            visited.add((status.st_dev, status.st_ino))
            if _is_of_this_program(folders, names):
                reasons["folders of this program's results"] += 1
                if parent != root:
                    folders.clear()
                    continue
                folders[:] = set(folders) - _IN_A_RUN  # a run in the folder of its own data
            folders[:] = sorted(_followed(root, parent, folders, starts, reasons))
            for name in names:
                if name.startswith("."):
                    reasons["hidden files"] += 1
                else:
                    yield os.path.join(parent, name)


def _followed(root: str, parent: str, folders: Sequence[str], starts: collections.deque[str],
              reasons: collections.Counter[str]) -> Iterator[str]:
    """The folders in `parent` to enter now; those behind links are added to `starts`, for later."""
    for folder in folders:
        path = os.path.join(parent, folder)
        if folder.startswith(".") or folder.lower() in _SYSTEM_FOLDERS:
            reasons["hidden or system folders"] += 1
        elif not os.path.islink(path):
            yield folder
        elif pathlib.Path(root).resolve().is_relative_to(os.path.realpath(path)):
            reasons["links to folders above"] += 1
        else:
            starts.append(path)


def _is_of_this_program(folders: Sequence[str], names: Sequence[str]) -> bool:
    """Whether this is the folder of a run, of a bulk job or of the toy study."""
    return (("config.json" in names and "checkpoints" in folders) or "numbers.jsonl" in names
            or ("manifest.json" in names and any(name.startswith("shard-") for name in (*folders, *names))))


def _raise(error: OSError) -> None:
    raise error  # os.walk would pass over the folder silently


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def by_split_folder(folder: pathlib.Path, files: Sequence[ImageFile],
                    named: Mapping[str, str] | None = None) -> dict[str, list[ImageFile]]:
    """The images by the split whose folder they are in; all of them as {"train": ...} when there are no such folders.

    The folders are called train or training, test or testing, and val, valid, validation or dev, in any case.

    Args:
      folder: where the names of `files` begin.
      files: the images.
      named: the splits by the names of their folders; None: those that are in `folder`.

    Raises: `ValueError` when it is not clear which images belong to which split, `FileNotFoundError` when the folder of
      a split is empty.
    """
    _check_no_splits_within(folder, files)
    named = split_folders(folder) if named is None else named
    if not named:
        return {"train": list(files)}
    inside: dict[str, list[ImageFile]] = {name: [] for name in named}
    others = []
    for file in files:
        inside.get(file.name.partition("/")[0], others).append(file)
    if len(set(named.values())) < len(named) or "train" not in named.values() or others:
        beside = f", and beside them images such as {others[0].name}" if others else ""
        raise ValueError(f"{folder} holds the folders {', '.join(named)}{beside}; expected train and test, validation "
                         "or both, and nothing else: move the images, rename the folders, or give one of them as "
                         "--data_dir")
    for name, images in inside.items():
        check_some(images, folder / name)
    return {named[name]: images for name, images in inside.items()}


def split_folders(folder: pathlib.Path) -> dict[str, str]:
    """The splits that folders in `folder` are for, by the folders' names."""
    return splits_of_names(path.name for path in sorted(folder.iterdir()) if path.is_dir())


def splits_of_names(names: Iterable[str]) -> dict[str, str]:
    """The splits that folders of these names are for; names of no split are left out."""
    return {name: _SPLIT_NAMES[name.lower()] for name in names if name.lower() in _SPLIT_NAMES}


def check_some(files: Sequence[object], folder: pathlib.Path) -> None:
    """Raises `FileNotFoundError` when there are no files."""
    if not files:
        raise FileNotFoundError(f"there is no image in {folder} or below it; the accepted endings are "
                                f"{', '.join(ENDINGS)}")


def _check_no_splits_within(folder: pathlib.Path, files: Sequence[ImageFile]) -> None:
    """Raises `ValueError` for splits below the top level or with other names: their images would be mixed."""
    children: dict[str, set[str]] = collections.defaultdict(set)
    for parent in {file.name.rpartition("/")[0] for file in files}:
        while parent:
            above, _, name = parent.rpartition("/")
            children[above].add(name)
            parent = above
    for above, names in children.items():
        roles = {name: role for name in sorted(names) if (role := _role(name))}
        understood = not above and all(name.lower() in _SPLIT_NAMES for name in roles)
        if {"train"} < set(roles.values()) and not understood:
            raise ValueError(f"{folder / above} holds {', '.join(roles)}, which look like splits; give as data_dir a "
                             "folder that holds them as train, test and validation, or one of them")


def _role(name: str) -> str | None:
    """The split that a folder's name suggests."""
    return next((_SPLIT_NAMES[word.lower()] for word in _WORDS.findall(name) if word.lower() in _SPLIT_NAMES), None)
