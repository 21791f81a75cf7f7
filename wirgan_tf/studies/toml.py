"""TOML as Python reads it: by its own module from 3.11 on, and before that by the package it was made from."""

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["tomllib"]
