"""Configs: a dict, or a file with overrides, as a file that the program reads and that can be given to it again."""
import copy
import json
import re
from pathlib import Path

import numpy as np

from .errors import BadInputError

_MARK = "# Written by gridmill's Python package; 'gridmill run' reads it as well."


def config_path(config, overrides):
    """Returns the path of a file that says what `config` (a dict or a path) with `overrides` says.

    A path without overrides is returned as it is. Else the file is written beside the output, as OUTPUT.yaml: overrides
    are merged into the sections. Error: BadInputError, also where a file of that name exists that is not from here.
    """
    if not isinstance(config, dict) and not overrides:
        return Path(config)
    merged = _merge(config if isinstance(config, dict) else _read_yaml(config), overrides)
    if not isinstance(merged.get("output"), (str, Path)):
        raise BadInputError("the config has no 'output': name the folder that is written into, output='runs/x'")
    path = Path(str(merged["output"]).rstrip("/") + ".yaml")
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            if file.readline().rstrip("\n") != _MARK:
                raise BadInputError(f"{path} exists and was not written from Python: give another output")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{_MARK}\n{yaml_of(merged)}\n", encoding="utf-8")
    return path


def yaml_of(config):
    """Returns a config as text: JSON, which is YAML, a line for each option. Numbers read back as they are."""
    try:
        return json.dumps(config, indent=1, ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise BadInputError(f"the config holds what no file can: {error}") from None


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (np.ndarray, range)):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{value!r} of the type {type(value).__name__}")


def _merge(below, above):
    merged = copy.copy(below)
    for name, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merge(merged[name], value) if both else value
    return merged


def _read_yaml(path):
    try:
        import yaml
    except ImportError:
        raise BadInputError("overrides of a config in a file need PyYAML (Debian: python3-yaml); or give a dict") from None

    class Reader(yaml.SafeLoader):
        """Reads numbers as the program does: PyYAML takes 1e-4 for a word, and yes for true."""

    Reader.yaml_implicit_resolvers = {}
    for tag, pattern, first in _WORDS:
        Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    try:
        with open(path, encoding="utf-8") as file:
            read = yaml.load(file, Reader)
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise BadInputError(f"{path}: {error}") from None
    if not isinstance(read, dict):
        raise BadInputError(f"{path}: is not a mapping of options")
    return read


_WORDS = [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
]
