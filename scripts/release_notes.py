"""Prints what CHANGELOG.md says of a version: python scripts/release_notes.py 0.1.0"""

import pathlib
import re
import sys

CHANGELOG = pathlib.Path(__file__).parents[1] / "CHANGELOG.md"


def notes(version: str, changelog: str) -> str:
    """The section of a version, without its heading. Raises `LookupError` when there is none."""
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, text = section.partition("\n")
        if heading.split()[0].strip("[]") == version:
            return text.strip()
    raise LookupError(f"CHANGELOG.md has no section ## {version}")


if __name__ == "__main__":
    print(notes(sys.argv[1], CHANGELOG.read_text()))
