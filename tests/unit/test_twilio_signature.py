"""Twilio's signature, held against Twilio's own validator."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tendero.channels.twilio.delivery import read
from tendero.channels.twilio.signature import HEADER, is_signed, signature
from tendero.platform.errors import BadRequest

TOKEN = "12345"
URL = "https://shop.example/webhook/twilio"
PATHS = ("/twilio", "/whatsapp")
FORM = "application/x-www-form-urlencoded"
_app = Flask(__name__)

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
forms = st.lists(st.tuples(names, st.text(st.characters(exclude_categories=["Cs"]), max_size=12)), max_size=8)


def twilios(url: str, fields: list[tuple[str, str]]) -> str:
    """The signature that Twilio's library computes."""
    return str(RequestValidator(TOKEN).compute_signature(url, MultiDict(fields)))


def delivered(
    fields: list[tuple[str, str]] | None = None,
    *,
    called: str = "/twilio",
    given_url: str = URL,
    method: str = "POST",
    body: bytes | None = None,
    type_: str = FORM,
    signed: str | None = None,
) -> dict[str, str]:
    """What is read of a delivery with this signature."""
    headers = {} if signed is None else {HEADER: signed}
    data = urlencode(fields or []).encode() if body is None else body
    with _app.test_request_context(
        called, method=method, data=data, content_type=type_, headers=headers
    ) as context:
        return read(context.request, given_url, PATHS, TOKEN)


def test_the_documented_example_comes_out() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(url, fields.items(), TOKEN) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@given(forms)
def test_any_form_is_signed_as_twilio_does(fields: list[tuple[str, str]]) -> None:
    assert signature(URL, fields, TOKEN) == twilios(URL, fields)


@given(forms)
def test_a_form_is_read_back_whole_once_its_signature_is_right(fields: list[tuple[str, str]]) -> None:
    first = {name: value.replace("\0", "") for name, value in reversed(fields)}
    assert delivered(fields, signed=twilios(URL, fields)) == first


@pytest.mark.parametrize("signed_port", ["", ":443"])
@pytest.mark.parametrize("given_port", ["", ":443"])
def test_the_default_port_may_be_signed_or_not(given_port: str, signed_port: str) -> None:
    fields = [("Body", "hola")]
    signed = twilios(f"https://shop.example{signed_port}/twilio", fields)
    given_url = f"https://shop.example{given_port}/twilio"
    assert is_signed(signed, [given_url], fields, TOKEN)
    assert RequestValidator(TOKEN).validate(given_url, MultiDict(fields), signed)


@given(
    st.sampled_from(["https", "http"]),
    st.sampled_from(["shop.example", "shop.example:8443", "shop.example:80"]),
    st.sampled_from(["", "?a=1", "?a=1&b=%C3%B1&c="]),
    forms,
    st.booleans(),
)
def test_what_twilios_validator_takes_is_taken(
    scheme: str, host: str, query: str, fields: list[tuple[str, str]], bare: bool
) -> None:
    url = f"{scheme}://{host}/twilio{query}"
    signed = twilios(url.replace(host, host.partition(":")[0]) if bare else url, fields)
    assert is_signed(signed, [url], fields, TOKEN)
    assert RequestValidator(TOKEN).validate(url, MultiDict(fields), signed)
    assert not is_signed(signed, [url], [*fields, ("New", "1")], TOKEN)


def test_user_and_fragment_of_the_address_are_not_signed() -> None:
    fields = [("Body", "hola")]
    address = "https://user:pass@shop.example/twilio?a=1#rc=3&rp=all"
    right = twilios("https://shop.example/twilio?a=1", fields)
    assert is_signed(right, [address], fields, TOKEN)
    assert signature(address, fields, TOKEN) == right


@pytest.mark.parametrize("called", ["/twilio", "/whatsapp", "/whatsapp/", "/twilio?shop=1"])
@pytest.mark.parametrize("given_path", ["/webhook/twilio", "/webhook/whatsapp"])
def test_either_path_is_signed_under_the_configured_host(called: str, given_path: str) -> None:
    fields = [("Body", "hola")]
    signed = twilios("https://shop.example/webhook" + called, fields)
    given_url = f"https://shop.example{given_path}#rc=2"
    assert delivered(fields, called=called, given_url=given_url, signed=signed) == {"Body": "hola"}


def test_an_address_that_a_proxy_rewrites_is_signed_as_it_was_given() -> None:
    fields = [("Body", "hola")]
    address = "https://shop.example/hooks/messages?key=1"
    assert delivered(fields, given_url=address, signed=twilios(address, fields))


def test_blank_repeated_and_padded_values_count() -> None:
    fields = [("Body", " hola "), ("Body", "otra"), ("Body", " hola "), ("Empty", "")]
    read_back = delivered(fields, signed=twilios(URL, fields))
    assert read_back == {"Body": " hola ", "Empty": ""}


def test_a_json_body_is_named_by_its_hash_in_the_address() -> None:
    body = b'{"MessageSid": "SM1", "NumMedia": 0, "nested": {}}'
    called = f"/twilio?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signed = twilios("https://shop.example/webhook" + called, [])
    url = "https://shop.example/webhook" + called
    assert RequestValidator(TOKEN).validate(url, body.decode(), signed)
    read_back = delivered(called=called, body=body, type_="application/json", signed=signed)
    assert read_back == {"MessageSid": "SM1", "NumMedia": "0"}
    for other, path in ((b"{}", called), (body, "/twilio")):
        with pytest.raises(BadRequest) as refused:
            delivered(
                called=path,
                body=other,
                type_="application/json",
                signed=twilios("https://shop.example/webhook" + path, []),
            )
        assert refused.value.status == 403


def test_a_delivery_by_get_has_its_fields_in_the_address() -> None:
    called = "/twilio?" + urlencode({"Body": "¿Qué tal?", "MessageSid": "SM1"})
    signed = twilios("https://shop.example/webhook" + called, [])
    assert delivered(called=called, method="GET", signed=signed)["Body"] == "¿Qué tal?"


def test_bytes_that_are_no_text_are_signed_as_they_are_and_read_as_such() -> None:
    body = b"Body=%FF%00x"
    signed = signature(URL, [("Body", "\udcff\0x")], TOKEN)
    assert delivered(body=body, signed=signed) == {"Body": "\ufffdx"}


@pytest.mark.parametrize(
    "signed", [None, "", "nonsense", "ñandú", "é" * 28, twilios(URL, [("Body", "otra")])]
)
def test_anything_else_is_refused(signed: str | None) -> None:
    with pytest.raises(BadRequest) as refused:
        delivered([("Body", "hola")], signed=signed and signed.encode().decode("latin-1"))
    assert refused.value.status == 403


def test_without_a_token_nothing_is_right() -> None:
    assert not is_signed(signature(URL, [], ""), [URL], [], "")


@given(st.binary(max_size=60), st.sampled_from([FORM, "application/json", "multipart/form-data", ""]))
def test_no_unsigned_body_comes_through(body: bytes, type_: str) -> None:
    with pytest.raises(BadRequest):
        delivered(body=body, type_=type_, signed=signature(URL, [("Body", "other")], TOKEN))
