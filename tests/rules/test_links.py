"""Links and pictures of every page, also of those that are generated: they lead somewhere, and every page is led to."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tests.each import for_each

CHECKOUT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    str(path.relative_to(CHECKOUT)) for path in (*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"))
)
LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
FENCE: Final = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
ANCHOR: Final = re.compile(r'<a (?:id|name)="([^"]+)"')


@cache
def read(page: str) -> str:
    return FENCE.sub("", (CHECKOUT / page).read_text(encoding="utf-8"))


@cache
def anchors(page: str) -> frozenset[str]:
    """Where a link into a page can lead, as GitHub names headings."""
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(read(page)))
    slugs = (re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in plain)
    return frozenset((*slugs, *ANCHOR.findall(read(page))))


def links(page: str) -> Iterator[tuple[bool, str, str]]:
    """Whether it is a picture, its words, and where it leads; but for other sites, which no test visits."""
    for picture, words, target in LINK.findall(read(page)):
        if not target.startswith(("http:", "https:", "mailto:")):
            yield bool(picture), words, target


def leads_somewhere(page: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    there = (CHECKOUT / page).parent.joinpath(path).resolve() if path else CHECKOUT / page
    if not there.exists():
        return False
    return not anchor or anchor in anchors(str(there.relative_to(CHECKOUT)))


@for_each("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [target for _, _, target in links(page) if not leads_somewhere(page, target)] == []


@for_each("page", PAGES)
def test_every_picture_says_what_is_to_be_seen(page: str) -> None:
    assert [target for picture, words, target in links(page) if picture and len(words.split()) < 4] == []


def test_every_page_of_the_docs_is_led_to() -> None:
    led_to = {
        (CHECKOUT / page).parent.joinpath(target.partition("#")[0]).resolve()
        for page in PAGES
        for _, _, target in links(page)
    }
    pages = {path.resolve() for path in (CHECKOUT / "docs").rglob("*") if path.suffix in {".md", ".png"}}

    assert sorted(str(path.relative_to(CHECKOUT)) for path in pages - led_to) == []


def test_the_index_of_the_decisions_has_all_of_them() -> None:
    index = [target for _, _, target in links("docs/decisions/README.md")]
    records = sorted(path.name for path in (CHECKOUT / "docs/decisions").glob("[0-9]*.md"))

    assert index == records
    assert [int(name[:2]) for name in records] == list(range(1, len(records) + 1))


@for_each("page", [page for page in PAGES if re.match(r"docs/decisions/\d", page)])
def test_a_decision_has_its_three_parts(page: str) -> None:
    assert re.findall(r"^\*\*(\w+)\.\*\* ", read(page), re.MULTILINE) == ["Context", "Decision", "Consequences"]
