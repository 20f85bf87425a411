"""One module per Dialpad resource; those with ``ROUTES`` have a table of routes to functions."""

import pkgutil
from importlib import import_module
from typing import Final

from bot.sandbox.dialpad.routes import Route

_MODULES: Final = tuple(import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
ALL_ROUTES: Final[tuple[Route, ...]] = tuple(route for module in _MODULES for route in getattr(module, "ROUTES", ()))
