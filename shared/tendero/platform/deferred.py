"""Packages whose own code waits until one of its names is asked for."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_lock = threading.RLock()
_begun: set[str] = set()


def defer(package: str) -> None:
    """Lets modules inside `package` be imported without its `__init__`, which runs when it is needed.

    Google's client libraries import every client, synchronous and asynchronous, in theirs; what may wait they
    name in `__lazy_modules__` (PEP 810), which Python heeds from 3.15 on. Raises ImportError.
    """
    with _lock:
        if package in sys.modules:
            return
        spec = find_spec(package)
        if spec is None:
            raise ImportError(f"There is no package {package}.", name=package)
        module = module_from_spec(spec)
        module.__class__ = _Deferred
        parent, _, name = package.rpartition(".")
        sys.modules[package] = module
        if parent:
            setattr(sys.modules[parent], name, module)


class _Deferred(ModuleType):
    def __getattr__(self, name: str) -> Any:
        """Only asked for what the module does not hold."""
        spec = self.__spec__
        if spec is None or spec.loader is None or name.startswith("__"):
            raise AttributeError(name)
        # `from package import name` asks for the attribute before it looks for a module of that name.
        if find_spec(f"{spec.name}.{name}"):
            return import_module(f"{spec.name}.{name}")
        with _lock:
            if spec.name not in _begun:
                _begun.add(spec.name)
                spec.loader.exec_module(self)
        if name not in vars(self):
            raise AttributeError(f"module {spec.name!r} has no attribute {name!r}")
        return vars(self)[name]
