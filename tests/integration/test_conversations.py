"""Conversations in PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tendero.people.conversations import ConversationRef, History, Message, Role, append, recent
from tendero.platform.database import Database
from tendero.platform.sql import Query

SESSION = ConversationRef("dialogflow", "abc")


def said(text: str, *product_ids: int) -> Message:
    return Message(Role.ASSISTANT if product_ids else Role.CUSTOMER, text, product_ids)


def history(db: Database, most: int = 10, conversation: ConversationRef = SESSION) -> History:
    with db.transaction() as transaction:
        return recent(transaction, conversation, most)


def test_a_new_conversation_has_no_history(db: Database) -> None:
    assert history(db) == History()


def test_messages_come_back_oldest_first_with_their_products(db: Database) -> None:
    messages = (said("hola"), said("Taza: 9 €", 7), said("¿y otra?"), said("Sí", 3, 5))
    with db.transaction() as transaction:
        append(transaction, SESSION, "es", messages)
    assert history(db) == History("es", messages)


def test_only_the_newest_messages_are_read(db: Database) -> None:
    with db.transaction() as transaction:
        append(transaction, SESSION, "es", [said(str(number)) for number in range(20)])
    assert [each.content for each in history(db, 3).messages] == ["17", "18", "19"]
    assert history(db, 0).messages == ()
    assert history(db, 0).language == "es"


def test_the_language_follows_the_customer(db: Database) -> None:
    for language in ("es", "pt"):
        with db.transaction() as transaction:
            append(transaction, SESSION, language, [said("oi")])
    assert history(db).language == "pt"


def test_conversations_do_not_see_each_other(db: Database) -> None:
    with db.transaction() as transaction:
        append(transaction, SESSION, "es", [said("hola")])
    assert history(db, conversation=ConversationRef("twilio", "abc")) == History()
    assert history(db, conversation=ConversationRef("dialogflow", "abd")) == History()


def test_first_contact_from_many_instances_makes_one_conversation(db: Database) -> None:
    def contact(number: int) -> int:
        with db.transaction() as transaction:
            return append(transaction, SESSION, "es", [said(str(number))])[0]

    with ThreadPoolExecutor(5) as threads:
        ids = set(threads.map(contact, range(20)))
    assert len(ids) == 1
    assert len(history(db, 50).messages) == 20


def test_shown_is_the_newest_reply_with_products_and_listed_the_newest_with_several() -> None:
    talk = History("es", (said("a", 1, 2, 3), said("b", 2), said("¿y ese?"), Message(Role.ASSISTANT, "Hola")))
    assert talk.shown == (2,)
    assert talk.listed == (1, 2, 3)
    assert History("es", (said("b", 2),)).listed == (2,)


def test_deleting_a_conversation_deletes_what_was_said(db: Database) -> None:
    with db.transaction() as transaction:
        append(transaction, SESSION, "es", [said("hola")])
    db.execute(Query.parse("delete", "delete from conversations"))
    assert db.fetch(Query.parse("left", "select * from messages")) == []
