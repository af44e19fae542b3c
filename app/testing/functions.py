"""Loading the code of a function as Lambda does: `src` first on the path. Every function calls its module `app`."""

from __future__ import annotations

import importlib
import pathlib
import sys
import types

FUNCTIONS = pathlib.Path(__file__).parent.parent / "functions"


def load(name: str) -> types.ModuleType:
    """The module `app` of the function, which no other function's modules get into the way of."""
    source = FUNCTIONS / name / "src"
    own = {path.stem for path in source.glob("*.py")}
    for module in own:
        sys.modules.pop(module, None)
    sys.path.insert(0, str(source))
    try:
        return importlib.import_module("app")
    finally:
        sys.path.remove(str(source))
        for module in own:
            sys.modules.pop(module, None)
