"""Valid values for any action, as hypothesis strategies, made from its class alone."""

import string
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from bot.catalogue.annotations import look, members
from bot.catalogue.ids import FREE_IDS
from bot.dialpad.action import Action, Entity, Names
from bot.dialpad.actions.fields import KindIn, Look

TEXT: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=40
).filter(lambda text: text.strip() == text)
"""One line that means nothing: hostile letters and all."""
IDS: Final = st.integers(1, 2**62).map(str)
FREE: Final = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=40).filter(
    lambda text: text.casefold() != "me"
)
NUMBERS: Final = st.integers(100, 199).map(lambda last: f"+14155550{last}")
FILE: Final = "QQ=="
SECONDS: Final = st.integers(10**9, 4 * 10**9)
OUTCOMES: Final = {
    "Resolved": {"~usage": "everything"},
    "Other": {"~usage": "inbound", "Later": {"~usage": "outbound"}},
}
LOOKS: Final[dict[Any, st.SearchStrategy[Any]]] = {
    Look.EPOCH_MS: SECONDS.map(lambda seconds: seconds * 1000),
    Look.EPOCH_S: SECONDS,
    Look.ISO: SECONDS.map(lambda at: f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"),
    Look.OUTCOMES: st.just(OUTCOMES),
    Look.BASE64: st.just(FILE),
}


def data_of_action(action: type[Action[Any]], *, whole: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """``--data`` for one action: what is required, and some of the rest, or with ``whole`` all of it."""
    return _model(action, whole=whole)


@st.composite
def _model(draw: st.DrawFn, model: type[BaseModel], *, whole: bool) -> dict[str, Any]:
    """``whole``: all optional fields too, so that a nested object never stands half."""
    made: dict[str, Any] = {}
    seen = {name: look(name, info) for name, info in model.model_fields.items()}
    kinds = {mark.field for one in seen.values() for mark in one.marks if isinstance(mark, KindIn)}
    for name, one in seen.items():
        if name in kinds or (one.optional and not whole and not draw(st.booleans())):
            continue
        kind_in = next((mark for mark in one.marks if isinstance(mark, KindIn)), None)
        if kind_in is not None:
            kind = seen[kind_in.field]
            made[kind.wire] = draw(st.sampled_from(get_args(kind.kind)))
        made[one.wire] = draw(_value(one))
    return made


def _value(one: Any) -> st.SearchStrategy[Any]:
    single = _single(one)
    if not one.is_list:
        return single
    if Look.COMMAS in one.marks:
        single = IDS
    if one.wire.endswith("_hours"):
        clocks = st.lists(st.integers(0, 24 * 60), min_size=4, max_size=4, unique=True).map(sorted)
        return clocks.map(lambda minutes: [f"{at // 60:02}:{at % 60:02}" for at in minutes])
    ordered = get_origin(one.kind) is Literal
    lists = st.lists(single, min_size=1, max_size=4, unique_by=repr)
    return lists.map(lambda items: [v for v in get_args(one.kind) if v in items]) if ordered else lists


def _single(one: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911  one return for each kind of value
    entities = [mark.entity for mark in one.marks if isinstance(mark, Names)]
    models = [kind for kind in members(one.kind) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if models:
        return st.one_of([_model(kind, whole=True) for kind in models])
    if Entity.NUMBER in entities:
        return NUMBERS
    if entities:
        return FREE if entities[0] in FREE_IDS else IDS
    if any(isinstance(mark, KindIn) for mark in one.marks):
        return IDS
    if get_origin(one.kind) is Literal:
        return st.sampled_from(get_args(one.kind))
    if (looked := next((mark for mark in one.marks if isinstance(mark, Look) and mark in LOOKS), None)) is not None:
        return LOOKS[looked]
    if one.kind is bool:
        return st.booleans()
    if one.kind in {int, float}:
        low = next((mark.ge for mark in one.marks if getattr(mark, "ge", None) is not None), 0)
        high = next((mark.le for mark in one.marks if getattr(mark, "le", None) is not None), 10**6)
        return st.integers(int(low), int(high))
    assert one.kind in {str, SecretStr}, one
    return TEXT
