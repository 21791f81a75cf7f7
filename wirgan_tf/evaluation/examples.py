"""What measures of translations need of the example that was translated, besides its `source`."""

from collections.abc import Iterable

from wirgan_tf.data import Source

PARTNER, CLASS, ATTRIBUTES = "partner", "class", "attributes"
_WORDS = {PARTNER: "the true translation of each image: pairs, or a `partner`", CLASS: "labels of the images that are "
          "translated", ATTRIBUTES: "attributes of the images that are translated"}


def entries(needed: Iterable[str], source: Source) -> dict[str, str]:
    """The names of the entries of `source` that hold what is `needed`.

    Raises: `ValueError` for what `source` does not have.
    """
    spec, found = source.spec, {}
    pairs = "source" in spec and not spec["source"].unpaired
    for name in needed:
        entry = {PARTNER: "partner" if "partner" in spec else "image" if pairs else "",
                 CLASS: "source_label" if "source_label" in spec else "label", ATTRIBUTES: "attributes"}[name]
        if entry not in spec:
            raise ValueError(f"a measure needs {_WORDS[name]}, and {source.name!r} has {', '.join(spec)}; leave it out")
        found[name] = entry
    return found
