"""Named choices of a kind: objectives, networks, data sets, ..."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Choice = TypeVar("Choice")


class Registry(Mapping[str, Choice], Generic[Choice]):
    """A table from names to choices whose errors list the choices; choices are added, and never replaced.

    >>> colours = Registry("colour", {"red": 1, "green": 2})
    >>> colours["green"]
    2
    >>> colours["gren"]
    Traceback (most recent call last):
    ValueError: unknown colour 'gren'; did you mean 'green'? The choices are: red, green
    """

    def __init__(self, kind: str, choices: Mapping[str, Choice]):
        self.kind = kind
        self._choices: dict[str, Choice] = {}
        for name, choice in choices.items():
            self.register(name, choice)

    def register(self, name: str, choice: Choice) -> None:
        """Adds a choice. Raises `ValueError` for a name that is taken.

        >>> colours = Registry("colour", {"red": 1})
        >>> colours.register("blue", 3)
        >>> list(colours)
        ['red', 'blue']
        """
        if name in self._choices:
            raise ValueError(f"the {self.kind} {name!r} is registered already; choose another name")
        self._choices[name] = choice

    def __getitem__(self, name: str) -> Choice:
        if name in self._choices:
            return self._choices[name]
        near = difflib.get_close_matches(str(name), self._choices, n=1)
        hint = f"did you mean {near[0]!r}? The" if near else "the"
        raise ValueError(f"unknown {self.kind} {name!r}; {hint} choices are: {', '.join(self._choices)}")

    def __contains__(self, name: object) -> bool:
        return name in self._choices

    def __iter__(self) -> Iterator[str]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)
