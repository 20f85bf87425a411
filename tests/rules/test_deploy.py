"""What is handed to operators names settings, metrics, addresses and versions that there are."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from bot.basics.metrics import Metrics
from bot.basics.settings import Settings
from bot.notifications.webhook import PATH
from bot.slack.transport.install import INSTALL_PATH
from tests.each import for_each

CHECKOUT: Final = Path(__file__).parents[2]
DEPLOY: Final = CHECKOUT / "deploy"
NAME: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
METRIC: Final = re.compile(r"chatops_\w+")
NOT_OURS: Final = {
    "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "SITE_ADDRESS", "TUNNEL_TOKEN", "AF_UNIX", "AF_INET",
    "AF_INET6",
}  # fmt: skip
"""Names of Postgres, the proxy, the tunnel and the kernel."""


def read(path: str) -> str:
    return (DEPLOY / path).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


@for_each("file", [str(path.relative_to(DEPLOY)) for path in sorted(DEPLOY.rglob("*")) if path.is_file()])
def test_every_setting_that_is_named_is_one(file: str) -> None:
    named = set(NAME.findall(read(file))) - NOT_OURS

    assert {name for name in named if name.lower() not in Settings.model_fields} == set()


def metrics() -> set[str]:
    """Every name that /metrics shows, with those of a histogram's parts."""
    names = set()
    for family in Metrics().registry.collect():
        names |= {family.name, f"{family.name}_total", f"{family.name}_bucket", f"{family.name}_count"}
        names |= {f"{family.name}_sum"}
    return names


@for_each("file", ["monitoring/alerts.yml", "monitoring/dashboard.json"])
def test_every_metric_that_is_watched_is_there(file: str) -> None:
    watched = set(METRIC.findall(read(file)))

    assert watched
    assert watched - metrics() == set()


def test_the_operations_page_names_every_metric() -> None:
    page = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name for family in Metrics().registry.collect()
    }

    assert {name for name in families if name not in page} == set()


def test_each_alert_says_what_to_do() -> None:
    (group,) = yaml.safe_load(read("monitoring/alerts.yml"))["groups"]

    for rule in group["rules"]:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_the_dashboard_has_no_panel_twice_in_one_place() -> None:
    board = json.loads(read("monitoring/dashboard.json"))
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]

    assert len(set(places)) == len(places)
    assert [panel["id"] for panel in board["panels"]] == list(range(1, len(places) + 1))


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load(read("helm/Chart.yaml"))

    assert chart["version"] == chart["appVersion"] == project()["version"]


def test_what_is_open_to_the_world_is_what_the_world_asks_for() -> None:
    (listed,) = re.findall(r"range \$path := list (.*?) }}", read("helm/templates/ingress.yaml"))
    opened = re.findall(r'"([^"]+)"', listed)

    for needed in (PATH, INSTALL_PATH, "/slack/events", "/connect/callback"):
        assert any(needed.startswith(f"{prefix}/") for prefix in opened), needed


@for_each("file", ["Caddyfile", "nginx.conf"])
def test_a_proxy_keeps_what_is_for_operators_inside(file: str) -> None:
    assert "/metrics" in read(file)
    assert "/readyz" in read(file)


def test_the_replicas_of_the_compose_file_share_what_they_have_to() -> None:
    bot = yaml.safe_load(read("compose.yml"))["services"]["bot"]

    assert bot["deploy"]["replicas"] > 1
    assert bot["environment"]["DATABASE_URL"].startswith("postgresql://")
    assert "ENCRYPTION_KEYS" in bot["environment"]
    assert bot["read_only"]


def published() -> Iterator[tuple[str, str]]:
    for name, service in yaml.safe_load(read("compose.yml"))["services"].items():
        for port in service.get("ports", ()):
            yield name, port


def test_nothing_listens_on_more_than_loopback_by_itself() -> None:
    assert [(name, port) for name, port in published() if not port.startswith("127.0.0.1:")] == []
    assert "ListenStream=127.0.0.1:" in read("systemd/dialpad-chatops.socket")


def test_a_stop_is_given_the_time_it_takes() -> None:
    """As docs/operations.md says: half a minute."""
    assert yaml.safe_load(read("compose.yml"))["services"]["bot"]["stop_grace_period"] == "30s"
    assert "TimeoutStopSec=30" in read("systemd/dialpad-chatops.service")
    assert int(re.findall(r"terminationGracePeriodSeconds: (\d+)", read("helm/templates/deployment.yaml"))[0]) >= 30


# Releases


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert changelog.count("## [Unreleased]") == 1
    versions = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert versions[0] == project()["version"]


@for_each("file", ["test.yml", "release.yml"])
def test_a_workflow_gives_no_job_more_than_it_needs(file: str) -> None:
    workflow = yaml.safe_load((CHECKOUT / ".github/workflows" / file).read_text(encoding="utf-8"))

    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_every_python_that_is_promised_is_tested() -> None:
    workflow = yaml.safe_load((CHECKOUT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    promised = {one.rpartition(" :: ")[2] for one in project()["classifiers"] if "Python :: 3." in one}

    assert set(workflow["jobs"]["test"]["strategy"]["matrix"]["python"]) == promised
