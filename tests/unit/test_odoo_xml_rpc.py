"""What is taken for an XML-RPC answer, and what is not."""

from __future__ import annotations

import xmlrpc.client as xml
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.odoo.transport import ACCESS, DENIED, Fault, Unreadable
from tendero.catalog.odoo.xml_rpc import result

values = st.recursive(
    st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    # No XML may hold the two that are no characters.
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=4)
    ),
    max_leaves=10,
)


def answer(value: object) -> bytes:
    return xml.dumps((value,), methodresponse=True).encode()


@given(values)
def test_every_value_comes_back(value: object) -> None:
    assert result(answer(value)) == value


@given(st.binary() | st.text().map(lambda text: f"<methodResponse>{text}</methodResponse>".encode()))
def test_rubbish_is_never_more_than_unreadable(body: bytes) -> None:
    with suppress(Unreadable, Fault):
        result(body)


@given(values, st.data())
def test_a_cut_answer_is_unreadable(value: object, data: st.DataObject) -> None:
    whole = answer(value).rstrip()
    with pytest.raises(Unreadable):
        result(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_expanded(encoding: str) -> None:
    bomb = (
        f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE m [<!ENTITY a 'aaaaaaaaaa'>"
        "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><methodResponse><params><param><value><string>&b;</string>"
        "</value></param></params></methodResponse>"
    )
    with pytest.raises(Unreadable):
        result(bomb.encode(encoding))


def test_control_characters_are_dropped() -> None:
    assert result(answer("a-b").replace(b"-", b"\x0b")) == "ab"
    assert result(answer("a-b").replace(b"-", "\ufffe\uffff".encode())) == "ab"


@pytest.mark.parametrize(
    ("code", "text", "name", "said"),
    [
        (3, "Access Denied", DENIED, "Access Denied"),
        (4, "You may not", ACCESS, "You may not"),
        (2, "Object nope doesn't exist", "odoo.exceptions.UserError", "Object nope doesn't exist"),
        (1, "Traceback (most recent call last):\n  File 'secret.py'\nValueError: Invalid field 'x'\n",
         "ValueError", "Invalid field 'x'"),
        (1, 'Traceback\npsycopg2.OperationalError: FATAL:  database "x" does not exist\n\n',
         "psycopg2.OperationalError", 'FATAL:  database "x" does not exist'),
        (1, "something else", "", "something else"),
    ],
)  # fmt: skip
def test_a_fault_is_told_without_its_traceback(code: int, text: str, name: str, said: str) -> None:
    body = xml.dumps(xml.Fault(code, text), methodresponse=True)
    with pytest.raises(Fault) as caught:
        result(body.encode())
    assert (caught.value.name, caught.value.said) == (name, said)
