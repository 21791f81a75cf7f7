"""Files of flags: those of the user, and one for each experiment, which travel with the package.

In a checkout the experiments are in `configs/` next to the package; `setup.py` puts them into a wheel as
`wirgan_tf/configs/`.
"""

import difflib
import pathlib
from collections.abc import Iterator, Sequence

_PACKAGE = pathlib.Path(__file__).parent
_FLAGS = ("--flagfile", "-flagfile")
_SUFFIX = ".flags"


def packaged() -> dict[str, pathlib.Path]:
    """The flagfiles that travel with the package, by their names without `.flags`, in alphabetical order.

    >>> packaged()["mnist_gp_wirgan_t3"].name
    'mnist_gp_wirgan_t3.flags'
    """
    inside = _PACKAGE / "configs"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "configs"
    return {path.stem: path for path in sorted(folder.glob(f"*{_SUFFIX}"))}


def find(name: str) -> pathlib.Path:
    """The file `name`, or the packaged one of that name.

    A packaged flagfile is named like `mnist_gp_wirgan_t3`, with or without `.flags`, and `configs/` may precede it, so
    that the commands of the documents work from any folder.

    Raises: `ValueError` when there is neither; it lists packaged ones of similar names.
    """
    path = pathlib.Path(name).expanduser()
    if path.exists() and not path.is_dir():
        return path
    known, stem = packaged(), path.name.removesuffix(_SUFFIX)
    if path.parent in (pathlib.Path(), pathlib.Path("configs")) and stem in known:
        return known[stem]
    near = difflib.get_close_matches(stem, known)
    hint = f"did you mean {' or '.join(near)}?" if near else "--mode=list names the packaged ones"
    raise ValueError(f"flagfile={name}: there is no such file, and no flagfile of that name in the package; {hint}")


def expanded(words: Sequence[str]) -> list[str]:
    """`words` of a command line with flagfiles replaced by their lines.

    In a flagfile empty lines and those that begin with `#` or `//` are left out; it may name other flagfiles.

    Raises: `ValueError` for a flagfile that is not there, is not text, or contains itself.
    """
    return list(_expanded(words, ()))


def _expanded(words: Sequence[str], inside: tuple[pathlib.Path, ...]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        flag, is_given, name = word.partition("=")
        if flag not in _FLAGS:
            yield word
        elif name := name.strip() if is_given else next(rest, ""):
            yield from _lines(name, inside)
        else:
            raise ValueError("--flagfile has no value; write --flagfile=FILE")
        if word == "--":
            yield from rest


def _lines(name: str, inside: tuple[pathlib.Path, ...]) -> Iterator[str]:
    path = find(name)
    if path in inside:
        raise ValueError(f"flagfile={name} contains itself")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"flagfile={name} cannot be read: {error}") from error
    yield from _expanded([line for line in lines if line and not line.startswith(("#", "//"))], (*inside, path))
