"""`tendero eval label`: a shop's own queries, labelled key by key."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from infra.cli.main import run
from infra.eval import judged, products
from infra.eval.chats import asked
from infra.eval.judged import Judged
from tendero.people.conversations import ConversationRef, Message, Role, append
from tendero.platform.database import Database
from tests.integration.search_shop import CATALOGUE
from tests.integration.search_shop import Shop as SearchShop

Press = Callable[..., tuple[int, str, str]]


def say(db: Database, *messages: str, times: int = 1) -> None:
    for number in range(times):
        with db.transaction() as transaction:
            conversation = ConversationRef("web", f"{messages[0]} {number}")
            said = [Message(Role.CUSTOMER, each) for each in messages]
            append(transaction, conversation, "es", [*said, Message(Role.ASSISTANT, "Respuesta sobre té")])


@pytest.fixture
def press(
    db: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Press:
    """Runs the command over a small shop with these keys; its exit status, stdout and stderr."""
    from tendero.catalog.embedders.local import LocalEmbedder

    SearchShop(db, LocalEmbedder())
    for name in list(os.environ):
        if name.startswith(("DATABASE", "DB_", "EMBED", "OPENAI", "CLOUD")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TENDERO_ENV_FILE", "")
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"DATABASE_URL='{database_url}'\nENVIRONMENT=local_machine\nEMBEDDER=local\n")

    def call(keys: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
        capsys.readouterr()
        status = run(["eval", "label", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def kept() -> dict[str, Judged]:
    return {each.query: each for each in judged.read(Path("judgments.ndjson"))}


def test_searches_come_from_the_chats_the_most_frequent_first(db: Database) -> None:
    say(db, "hola", "gracias", times=9)
    say(db, "¿Y cuánto cuesta la segunda?", "CAF-6", times=5)
    say(db, "camiseta azul", times=3)
    say(db, "Camiseta azul!", "una cafetera italiana")
    found = [(each.text, each.conversations) for each in asked(db, 10)]
    assert found == [("camiseta azul", 4), ("una cafetera italiana", 1)]
    assert len(asked(db, 1)) == 1


def test_no_personal_data_reaches_the_files(press: Press, db: Database) -> None:
    say(db, "camisetas, mi correo es ana.paz@correo.example y mi tel +34 600 123 456")
    say(db, "té verde, llámame al 600 12 34 56")
    Path("more.txt").write_text("cuchillo (11) 4555-6677\n\nlámpara bob@x.example\n")
    assert press("n" * 9)[0] == 0
    assert press("n" * 9, "--queries", "more.txt")[0] == 0
    written = Path("judgments.ndjson").read_text()
    assert len(written.splitlines()) == 4
    for secret in ("ana.paz", "correo.example", "600", "4555", "bob"):
        assert secret not in written


def test_labels_are_saved_in_the_format_that_the_search_is_judged_by(press: Press, db: Database) -> None:
    say(db, "té en hebra", times=2)
    status, out, _ = press("3\ns\nq")
    assert status == 0
    assert "té en hebra" in out
    assert "asked in 2 conversations" in out
    assert "2 labels in judgments.ndjson; 0 of 1 queries are done." in out
    labels = kept()["té en hebra"].labels
    assert list(labels.values()) == ["E", "S"]
    sold = {each.external_id: each for each in products.read(Path("products.ndjson.gz"))}
    assert set(labels) < sold.keys() == {f"shop:{each.external_id}" for each in CATALOGUE if each.is_active}
    assert sold["shop:11"].parent_external_id == "shop:10"


@pytest.mark.parametrize(
    ("keys", "expected", "done"),
    [
        ("ei" + "n", ["E", "I"], True),
        ("eu" + "sq", ["S"], False),
        ("eisuu" + "cq", ["E", "C"], False),
        ("k" + "e" + "uu" + "iq", ["I"], False),
        ("n", [], True),
        ("nu" + "eq", ["E"], False),
        ("uxz?" + "eq", ["E"], False),
        ("eI2c" + "0", ["E", "I", "S", "C", "I"], False),
        ("", None, False),
    ],
)
def test_keys_label_skip_and_take_back(
    press: Press, keys: str, expected: Sequence[str] | None, done: bool
) -> None:
    Path("more.txt").write_text("camiseta de algodón\n")
    status, out, err = press(keys, "--queries", "more.txt")
    assert status == 0, err
    if expected is None:
        assert not Path("judgments.ndjson").exists()
        return
    found = kept()["camiseta de algodón"]
    assert (list(found.labels.values()), found.done) == (expected, done)
    assert ('"x" means nothing' in out) == ("x" in keys)


def test_labelling_goes_on_where_it_stopped(press: Press, db: Database) -> None:
    Path("more.txt").write_text("té en hebra\ncafetera\n")
    press("ee" + "n" + "i", "--queries", "more.txt")
    first = kept()
    assert [each.done for each in first.values()] == [True, False]
    status, out, _ = press("sn", "--queries", "more.txt")
    assert status == 0
    assert "té en hebra" not in out
    assert kept()["té en hebra"] == first["té en hebra"]
    assert list(kept()["cafetera"].labels.values()) == ["I", "S"]
    assert kept()["cafetera"].done


def test_a_labelled_product_that_left_the_shop_stays_in_the_file(press: Press, db: Database) -> None:
    Path("more.txt").write_text("té verde\n")
    press("eq", "--queries", "more.txt")
    (labelled,) = kept()["té verde"].labels
    shop = SearchShop(db)
    shop.change(labelled.removeprefix("shop:"), is_active=False)
    press("q", "--queries", "more.txt")
    assert labelled in {each.external_id for each in products.read(Path("products.ndjson.gz"))}


def test_a_shop_without_searches_is_told_what_to_do(press: Press) -> None:
    status, out, err = press("e")
    assert (status, out) == (0, "")
    assert "No searches yet: --queries FILE" in err


def test_a_file_that_is_no_judgements_is_not_overwritten(press: Press) -> None:
    Path("judgments.ndjson").write_text("my notes\n")
    status, _, err = press("e")
    assert status == 1
    assert "line 1, column 1: this is not JSON" in err
    assert Path("judgments.ndjson").read_text() == "my notes\n"
