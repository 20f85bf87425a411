"""Reads the roles from a TOML file, for those who keep them with their other settings."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from bot.basics.errors import ChatopsError
from bot.basics.stored_json import UnreadableJson
from bot.basics.words import did_you_mean
from bot.contract.roles import MOST_HOURS, STORED_POLICY, RolePolicy
from bot.dialpad.action import Risk
from bot.dialpad.actions import ALL

_KEYS: Final = ("supervisors", "admins", "slack_admins", "dialpad_roles", "ask_in", "hours", "rules")
_RULE: Final = ("least", "where", "channels", "approval", "office", "office_name")
_SOMEBODY: Final = re.compile(r"[UWS][A-Z0-9]{2,20}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")
_LARGEST: Final = 256_000


class BadRolesFile(ChatopsError):
    """The file cannot be used. The message says what is wrong with it, and where."""


def read_roles_file(path: str, known: Collection[str]) -> RolePolicy:
    """Read a file. ``known``: the slugs and words that rules may be for. Raises BadRolesFile."""
    try:
        content = Path(path).read_bytes()
        text = content.decode("utf-8-sig")
        found = tomllib.loads(text)
    except OSError as problem:
        raise BadRolesFile(f"ROLES_FILE {path} cannot be read: {problem.strerror or 'unknown reason'}.") from None
    except UnicodeDecodeError:
        raise BadRolesFile(f"ROLES_FILE {path} is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadRolesFile(f"ROLES_FILE {path} is not TOML: {problem}.") from None
    if len(content) > _LARGEST:
        raise BadRolesFile(f"ROLES_FILE {path} is larger than {_LARGEST // 1000} kB.")
    if problems := [*_unknown_keys(found, known), *_wrong_ids(found)]:
        raise BadRolesFile(" ".join([f"ROLES_FILE {path}:", *problems]))
    try:
        policy = STORED_POLICY.load(found)
    except UnreadableJson as problem:
        raise BadRolesFile(f"ROLES_FILE {path}: {problem}.") from None
    if problems := _contradictions(policy):
        raise BadRolesFile(" ".join([f"ROLES_FILE {path}:", *problems]))
    return policy


def _unknown_keys(found: Mapping[str, Any], known: Collection[str]) -> list[str]:
    wrong = [_say_unknown(name, _KEYS) for name in found if name not in _KEYS]
    rules = found.get("rules")
    if rules is not None and not isinstance(rules, Mapping):
        return [*wrong, "rules is not a table."]
    targets = [*(risk.value for risk in Risk), *known]
    for name, rule in (rules or {}).items():
        if name not in targets:
            wrong.append(_say_unknown(f"rules.{name}", targets))
        elif not isinstance(rule, Mapping):
            wrong.append(f"rules.{name} is not a table.")
        else:
            wrong += [_say_unknown(f"rules.{name}.{one}", _RULE) for one in rule if one not in _RULE]
    return wrong


def _say_unknown(name: str, known: Collection[str]) -> str:
    near = did_you_mean(name.rpartition(".")[2], known)
    return f"{name} is unknown{f', did you mean {near[0]}' if near else ''}."


def _wrong_ids(found: Mapping[str, Any]) -> list[str]:
    wrong = []
    for name in ("supervisors", "admins"):
        listed = found.get(name, [])
        for one in listed if isinstance(listed, list) else []:
            if not isinstance(one, str) or not _SOMEBODY.fullmatch(one):
                wrong.append(f"{name}: {one!r} is no id of a person (U…) or user group (S…) in Slack.")
    channels = [one for rule in _tables(found.get("rules")) for one in _strings(rule.get("channels"))]
    asked = [found["ask_in"]] if found.get("ask_in") else []
    for one in (*channels, *asked):
        if not isinstance(one, str) or not _CHANNEL.fullmatch(one):
            wrong.append(f"{one!r} is no id of a channel in Slack (C…).")
    return wrong


def _tables(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found.values() if isinstance(one, Mapping)] if isinstance(found, Mapping) else []


def _strings(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _contradictions(policy: RolePolicy) -> list[str]:
    wrong = []
    for name, rule in policy.rules.items():
        if rule.where == "channels" and not rule.channels:
            wrong.append(f'rules.{name}: where = "channels" needs channels = ["C…"].')
        if rule.office and not rule.office.isdecimal():
            wrong.append(f"rules.{name}: {rule.office!r} is no id of an office at Dialpad.")
    reading = {Risk.READ.value, *(action.slug for action in ALL if action.risk is Risk.READ)}
    wrong += [
        f"rules.{name}: what only reads is not approved; say with least who may do it."
        for name, rule in policy.rules.items()
        if rule.approval is not None and name in reading
    ]
    if not 1 <= policy.hours <= MOST_HOURS:
        wrong.append(f"hours is {policy.hours}; choose 1 to {MOST_HOURS}.")
    asks = any(rule.approval is not None for rule in policy.rules.values())
    if asks and not policy.ask_in and not policy.listed(_lowest(policy)):
        wrong.append("approval is asked for, and nobody is named in admins, supervisors or ask_in to give it.")
    return wrong


def _lowest(policy: RolePolicy) -> Any:
    return max((rule.approval for rule in policy.rules.values() if rule.approval), key=lambda role: role.rank)
