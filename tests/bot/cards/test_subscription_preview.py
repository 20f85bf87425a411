from dataclasses import replace

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.forecast import Forecast, ForecastCount, Forecasts
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey
from bot.cards.subscription_preview import forecast_words

SUPPORT = PlaceFilter("callcenter:1", "Support")
ONE = Subscription("one", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.MISSED}), included=(SUPPORT,))
BOTH = replace(ONE, kinds=frozenset({NewsKind.MISSED, NewsKind.SMS}))
OF_KINDS = {NewsKind.MISSED: 13, NewsKind.SMS: 1}


@pytest.mark.parametrize(
    ("made", "forecasts", "said"),
    [
        (ONE, Forecasts(Forecast(14, seen=20, known=30)), "It would have posted 14 times yesterday."),
        (ONE, Forecasts(Forecast(1, seen=1, known=1)), "It would have posted 1 time yesterday."),
        (
            BOTH,
            Forecasts(Forecast(14, OF_KINDS, 20, 30)),
            "It would have posted 14 times yesterday (13 missed calls, 1 text).",
        ),
        (
            ONE,
            Forecasts(Forecast(14, seen=20, known=30, partly=True)),
            "It would have posted at least 14 times yesterday.",
        ),
        (
            ONE,
            Forecasts(Forecast(0, seen=12, known=30)),
            "It would have posted nothing yesterday: none of the 12 calls and texts of Support was one of these.",
        ),
        (
            ONE,
            Forecasts(Forecast(0, seen=0, known=30)),
            "It would have posted nothing yesterday: Support had no calls that I know of.",
        ),
        (ONE, Forecasts(), "I have no calls from yesterday to compare with."),
        (replace(ONE, kinds=frozenset({NewsKind.SMS})), Forecasts(), "I have no texts from yesterday to compare with."),
        (
            BOTH,
            Forecasts(today=Forecast(2, seen=2, known=2)),
            "I have no calls or texts from yesterday to compare with. Today so far: 2 times.",
        ),
        (
            ONE,
            Forecasts(Forecast(14, seen=20, known=30), unchanged=Forecast(9, seen=20, known=30)),
            "It would have posted 14 times yesterday. As it is now: 9 times.",
        ),
        (
            ONE,
            Forecasts(Forecast(14, seen=20, known=30), unchanged=Forecast(0, seen=20, known=30)),
            "It would have posted 14 times yesterday. As it is now: not once.",
        ),
        (
            replace(ONE, kinds=frozenset({NewsKind.DUTY})),
            Forecasts(),
            "No count for duty changes: I keep those only once somebody wants them.",
        ),
        (replace(ONE, kinds=frozenset({NewsKind.DAILY})), Forecasts(), ""),
    ],
)
def test_how_often_it_would_have_posted_is_said(made: Subscription, forecasts: Forecasts, said: str) -> None:
    assert forecast_words(made, forecasts) == said


def test_nothing_counted_is_nothing_known() -> None:
    assert ForecastCount(ONE).total() == Forecast()
