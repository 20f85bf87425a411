"""Resources that are only stored and returned, such as webhooks and subscriptions."""

from collections import defaultdict
from collections.abc import Callable

from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import not_found


class Documents:
    """Documents by kind, each a dictionary with its ``id`` in it."""

    def __init__(self, new_id: Callable[[], int]) -> None:
        self._new_id = new_id
        self._shelves: defaultdict[str, dict[int, Json]] = defaultdict(dict)

    def add(self, kind: str, content: Json) -> Json:
        document = {**content, "id": self._new_id()}
        self._shelves[kind][document["id"]] = document
        return document

    def find(self, kind: str, document_id: int) -> Json:
        document = self._shelves[kind].get(document_id)
        if document is None:
            raise not_found(kind)
        return document

    def has(self, kind: str, document_id: int) -> bool:
        return document_id in self._shelves[kind]

    def remove(self, kind: str, document_id: int) -> Json:
        document = self.find(kind, document_id)
        del self._shelves[kind][document_id]
        return document

    def all(self, kind: str) -> list[Json]:
        return list(self._shelves[kind].values())
