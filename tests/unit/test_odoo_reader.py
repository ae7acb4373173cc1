"""Templates that an Odoo fails on are found among those that it gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from tendero.catalog.odoo.census import batches
from tendero.catalog.odoo.fields import Fields
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.reader import Reader
from tendero.catalog.odoo.refusals import PageFailed
from tendero.platform.errors import SourceError


class Server:
    """Has one variant for each template, and fails on each call that touches a broken one."""

    def __init__(self, *broken: int) -> None:
        self.broken = {*broken}
        self.failed: list[bool] = []

    def every(self, model: str, domain: Any, columns: Any, **_: Any) -> Iterator[list[dict[str, Any]]]:
        wanted = domain[0][2]
        self.failed.append(bool(self.broken & {*wanted}))
        if self.failed[-1]:
            raise PageFailed("Odoo failed: ZeroDivisionError")
        yield [{"id": 1000 + each, "product_tmpl_id": [each, "Caja"]} for each in wanted]


def reader(server: Server, expected: int) -> Reader:
    made = Reader(cast(Any, server), Fields((), (), {}), Labels(cast(Any, server)))
    made.expected = expected
    return made


@pytest.mark.parametrize("broken", [(0,), (299,), (0, 1, 2), (7, 150, 298)])
def test_all_but_the_broken_ones_come(broken: tuple[int, ...]) -> None:
    asking = reader(Server(*broken), 300)
    read = asking.templates(range(300))
    assert read.families.keys() == {*range(300)} - {*broken}
    assert asking.skipped == {*broken}
    assert len(read.problems) == len(broken)


@pytest.mark.parametrize("broken", [0, 150, 299])
def test_one_broken_template_never_looks_like_a_server_that_is_down(broken: int) -> None:
    server = Server(broken)
    reader(server, 512).templates(range(512))
    # A circuit breaker opens after five.
    assert "TTT" not in "".join("T" if each else "f" for each in server.failed)


def test_a_share_of_broken_templates_is_left_out_wherever_they_stand() -> None:
    asking = reader(Server(*range(50)), 1000)
    for ids in (range(500), range(500, 1000)):
        asking.templates(ids)
    assert len(asking.skipped) == 50


@pytest.mark.parametrize(("expected", "most"), [(1000, 50), (100, 10)])
def test_more_than_a_share_is_a_broken_server(expected: int, most: int) -> None:
    with pytest.raises(SourceError, match=f"more than {most} of {expected} products"):
        reader(Server(*range(most + 1)), expected).templates(range(100))


def test_batches_hold_whole_templates_in_order() -> None:
    sizes = {5: 1, 1: 3, 2: 9, 3: 1}
    assert list(batches(sizes, 4)) == [[1], [2], [3, 5]]
    assert list(batches({}, 4)) == []
