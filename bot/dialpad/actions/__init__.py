"""All actions of the bot: the classes with a slug in the modules of this folder, one module for each resource."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, Final, TypeGuard

from bot.dialpad.action import Action


def _collect() -> Iterator[type[Action[Any]]]:
    """Yield the actions by module, then in the order they are written in."""
    for found in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        yield from (value for value in vars(module).values() if _is_declared_in(value, module.__name__))


def _is_declared_in(value: Any, module: str) -> TypeGuard[type[Action[Any]]]:
    """Tell whether the module itself declares it: not an import, nor a parent that several actions share."""
    return (
        isinstance(value, type) and issubclass(value, Action) and value.__module__ == module and "slug" in vars(value)
    )


ALL: Final[tuple[type[Action[Any]], ...]] = tuple(_collect())


def by_slug(slug: str) -> type[Action[Any]]:
    """Find the action with this slug. Raises ``KeyError``."""
    return _slugs()[slug]


def group_of(action: type[Action[Any]]) -> str:
    """Return the resource an action belongs to, as in its path: ``users``, ``callcenters`` and so on."""
    return action.__module__.rpartition(".")[2]


@cache
def _slugs() -> dict[str, type[Action[Any]]]:
    return {action.slug: action for action in ALL}
