"""Where a report's pictures are."""

import re

FILES = "report_files"


def file_name(name: str) -> str:
    """`name` as a part of a file's name.

    >>> file_name("GP-WIRGAN T=3")
    'GP-WIRGAN_T_3'
    """
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_")
