"""Makes lists of the attributes that docstrings describe, for the Python reference of the site.

    width: of the image.
    loss, penalty: terms of the loss, which
      are minimised.

is easy to read in the code, and would be one paragraph on a page.
"""

import re

import griffe

_ATTRIBUTES = re.compile(r"^[a-z_]\w*(?:, [a-z_]\w*)*: ")


def with_lists(docstring: str) -> str:
    """The docstring, with paragraphs of lines `name: what it is` as lists."""
    return "\n\n".join(_as_list(block) if _ATTRIBUTES.match(block) else block for block in docstring.split("\n\n"))


def _as_list(block: str) -> str:
    items = []
    for line in block.split("\n"):
        if _ATTRIBUTES.match(line):
            names, _, text = line.partition(": ")
            items.append(f"* {', '.join(f'`{name}`' for name in names.split(', '))}: {text}")
        else:
            items[-1] += f" {line.strip()}"
    return "\n".join(items)


class DocstringLists(griffe.Extension):
    """Is named in mkdocs.yml."""

    def on_object(self, *, obj, **kwargs):
        """Changes the docstring of each module, class and function."""
        del kwargs
        if obj.docstring is not None:
            obj.docstring.value = with_lists(obj.docstring.value)
