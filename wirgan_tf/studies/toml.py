"""TOML as Python reads it: its own module from 3.11 on, and before that the one it was made from."""

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["tomllib"]
