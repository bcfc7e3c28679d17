"""Make the next portion while the last one is still being taken: two processors work, not one after the other."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_Item = TypeVar("_Item")
_END: Final = object()


def made_ahead(items: Iterable[_Item]) -> Iterator[_Item]:
    """Yield ``items`` in their order, each made in a thread while the one before it is in use; one waits at most.

    For portions on their way to the server. What makes them must not use the database: a connection belongs to a thread.
    An error of the maker is raised here.
    """
    source = iter(items)
    with ThreadPoolExecutor(max_workers=1) as maker:
        following = maker.submit(next, source, _END)
        while (item := following.result()) is not _END:
            following = maker.submit(next, source, _END)
            yield item  # type: ignore[misc]
