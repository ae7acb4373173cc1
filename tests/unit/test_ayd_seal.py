"""What the sessions' table tells to who reads it: nothing."""

from __future__ import annotations

from tendero.assistant.askyourdatabase.seal import Seal


def test_a_token_is_read_again_with_the_same_api_key_only() -> None:
    sealed = Seal("key-1").close("tok.en-1")
    assert "tok" not in sealed
    assert Seal("key-1").open(sealed) == "tok.en-1"
    assert Seal("key-2").open(sealed) is None
    assert Seal("key-1").open("something else") is None
    assert Seal("key-1").close("tok.en-1") != sealed


def test_a_customer_has_one_name_which_only_the_key_leads_to() -> None:
    seal = Seal("key-1")
    assert seal.contact("twilio", "+34600111222") == Seal("key-1").contact("twilio", "+34600111222")
    others = {
        seal.contact("whatsapp", "+34600111222"),
        seal.contact("twilio", "+34600111223"),
        seal.contact("twilio+34600111222", ""),
        Seal("key-2").contact("twilio", "+34600111222"),
    }
    assert len(others | {seal.contact("twilio", "+34600111222")}) == 5
    assert len(seal.contact("twilio", "+34600111222")) == 64
