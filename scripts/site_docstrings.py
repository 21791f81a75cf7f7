"""Makes lists of the attributes that docstrings describe, and code of their examples, for the site's Python reference.

    width: of the image.
    loss, penalty: terms of the loss, which
      are minimised.

is easy to read in the code, and would be one paragraph on a page.
"""

import re

import griffe

_ATTRIBUTES = re.compile(r"^[a-z_]\w*(?:, [a-z_]\w*)*: ")
_SENTENCE = re.compile(r"^(Raises|Returns): \S")
_TAG = re.compile(r"(?P<code>`[^`]*`)|<(?=\w)")


def as_markdown(docstring: str) -> str:
    """The docstring, with paragraphs of lines `name: what it is` as lists, and of lines `>>> ...` as code."""
    return "\n\n".join(map(_block_as_markdown, docstring.split("\n\n")))


def _block_as_markdown(block: str) -> str:
    if block.startswith(">>> "):
        return f"```pycon\n{block}\n```"
    block = _TAG.sub(lambda found: found["code"] or "&lt;", block)
    if _SENTENCE.match(block):
        return re.sub(r"\n\s+", "\n", block)  # with indented lines it would be taken for a list of exceptions
    return _as_list(block) if _ATTRIBUTES.match(block) else block


def _as_list(block: str) -> str:
    items = []
    for line in block.split("\n"):
        if _ATTRIBUTES.match(line):
            names, _, text = line.partition(": ")
            items.append(f"* {', '.join(f'`{name}`' for name in names.split(', '))}: {text}")
        else:
            items[-1] += f" {line.strip()}"
    return "\n".join(items)


class Docstrings(griffe.Extension):
    """Is named in mkdocs.yml."""

    def on_object(self, *, obj, **kwargs):
        """Changes the docstring of each module, class and function."""
        del kwargs
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
