"""The scripted model server, through the real `openai` client over loopback."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from openai import OpenAI

from infra.local.model_server import ModelServer

MODEL = "gpt-4.1-mini"
ROWS = [
    {
        "id": 41,
        "sku": "KET-17",
        "name": "Hervidor eléctrico Nube",
        "price": "31.50",
        "currency": "EUR",
        "stock": 3,
    },
    {
        "id": 42,
        "sku": "KET-20",
        "name": "Tetera de hierro Kuro",
        "price": "58.00",
        "currency": "EUR",
        "stock": 0,
    },
    {"id": 43, "sku": "TAZ-01", "name": "Taza de barro", "price": "7.25", "currency": "EUR", "stock": 12},
]


def tool(name: str, **properties: Any) -> Any:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "parameters": schema, "strict": True}}


SEARCH = tool("search_local_products", query={"type": "string"}, limit={"type": ["integer", "null"]})
DETAILS = tool(
    "get_live_product_details",
    product_id={"type": ["integer", "null"]},
    sku={"type": ["string", "null"]},
)
TOOLS = [SEARCH, DETAILS]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def client_of(server: ModelServer, timeout: float = 20.0, key: str = "sk-anything") -> OpenAI:
    return OpenAI(base_url=server.base_url, api_key=key, max_retries=0, timeout=timeout)


@pytest.fixture
def client(server: ModelServer) -> Iterator[OpenAI]:
    with client_of(server) as made:
        yield made


def ask(client: OpenAI, *messages: Any, **options: Any) -> Any:
    """The first choice's message; a plain string is what the customer says."""
    sent: Any = [{"role": "user", "content": m} if isinstance(m, str) else m for m in messages]
    return client.chat.completions.create(model=MODEL, messages=sent, **options).choices[0].message


def shown(rows: Any) -> dict[str, str]:
    return {
        "role": "system",
        "content": f"You sell kitchenware. Search results: {json.dumps(rows)} Be brief.",
    }


def called(message: Any) -> tuple[str, Any]:
    (call,) = message.tool_calls
    return call.function.name, json.loads(call.function.arguments)


def control(server: ModelServer, order: Any) -> Any:
    url = server.base_url.removesuffix("/v1") + "/_control"
    request = urllib.request.Request(url, data=json.dumps(order).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


# --- what the model says -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "start"),
    [("Hola, buenas tardes", "¡Hola!"), ("good morning!", "Hello!"), ("Oi, bom dia", "Olá!")],
)
def test_a_greeting_is_answered_in_its_language_without_a_tool(client: OpenAI, said: str, start: str) -> None:
    message = ask(client, said, tools=TOOLS)
    assert message.content.startswith(start)
    assert message.tool_calls is None


def test_without_rows_the_search_tool_gets_the_customers_words(client: OpenAI) -> None:
    message = ask(client, "¿Tienen hervidores?", tools=TOOLS)
    assert called(message) == ("search_local_products", {"query": "¿Tienen hervidores?", "limit": None})


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("¿Tienen hervidores o teteras?", "Esto es lo que tenemos:"),
        ("do you have a tetera or a hervidor?", "This is what we have:"),
        ("vocês têm tetera ou hervidor?", "Isto é o que temos:"),
    ],
)
def test_rows_in_the_prompt_are_listed_with_their_prices(client: OpenAI, said: str, start: str) -> None:
    text = ask(client, shown(ROWS), said, tools=TOOLS).content
    assert text.split("\n") == [
        start,
        "- Hervidor eléctrico Nube: 31.50 EUR",
        "- Tetera de hierro Kuro: 58.00 EUR",
    ]


def test_rows_that_share_no_word_with_the_question_are_offered_as_the_closest(client: OpenAI) -> None:
    text = ask(client, shown(ROWS), "Do you have something for coffee?").content
    assert text.startswith("I did not find exactly that")
    assert "Taza de barro" in text


def test_rows_may_come_with_the_customers_own_message(client: OpenAI) -> None:
    parts = [{"type": "text", "text": "tazas"}, {"type": "text", "text": json.dumps(ROWS)}]
    message = ask(client, {"role": "user", "content": parts}, tools=TOOLS)
    assert message.content == "Esto es lo que tenemos:\n- Taza de barro: 7.25 EUR"


def test_an_empty_search_is_said_and_not_repeated(client: OpenAI) -> None:
    question = {"role": "user", "content": "Procuro um sofá"}
    first = ask(client, question, tools=TOOLS)
    text = ask(
        client, question, first.model_dump(exclude_none=True), answer_to(first, "[]"), tools=TOOLS
    ).content
    assert text == "Não encontrei produtos para “Procuro um sofá”."


def answer_to(message: Any, content: str) -> dict[str, str]:
    return {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": content}


def test_a_price_question_asks_the_live_tool_and_repeats_what_it_says(client: OpenAI) -> None:
    talk: list[Any] = [{"role": "user", "content": "¿Cuánto cuesta el hervidor?"}]
    search = ask(client, *talk, tools=TOOLS)
    talk += [search.model_dump(exclude_none=True), answer_to(search, json.dumps({"products": ROWS}))]
    live = ask(client, *talk, tools=TOOLS)
    assert called(live) == ("get_live_product_details", {"product_id": 41, "sku": None})
    fresh = json.dumps({"id": 41, "price": "29.90", "stock": 2})
    talk += [live.model_dump(exclude_none=True), answer_to(live, fresh)]
    assert ask(client, *talk, tools=TOOLS).content == (
        "Hervidor eléctrico Nube cuesta 29.90 EUR. Hay 2 en stock."
    )


def test_a_failed_live_call_is_answered_from_the_known_row(client: OpenAI) -> None:
    talk: list[Any] = [shown(ROWS), {"role": "user", "content": "is the tetera in stock?"}]
    live = ask(client, *talk, tools=TOOLS)
    talk += [live.model_dump(exclude_none=True), answer_to(live, '{"error": "shop unreachable"}')]
    text = ask(client, *talk, tools=TOOLS).content
    assert text == "Tetera de hierro Kuro costs 58.00 EUR. It is out of stock."


def test_a_sku_identifies_its_product_and_fills_a_sku_argument(client: OpenAI) -> None:
    by_sku = tool("get_live_product_details", sku={"type": "string"})
    message = ask(client, shown(ROWS), "quanto custa o taz-01?", tools=[by_sku])
    assert called(message) == ("get_live_product_details", {"sku": "TAZ-01"})


def test_a_follow_up_without_a_subject_is_about_what_was_asked_before(client: OpenAI) -> None:
    talk = [shown(ROWS), "¿Tienen tazas?", {"role": "assistant", "content": "Sí."}, "¿Y cuánto cuesta?"]
    assert called(ask(client, *talk, tools=TOOLS))[1]["product_id"] == 43


def test_a_price_question_that_fits_several_products_lists_them(client: OpenAI) -> None:
    text = ask(client, shown(ROWS), "precio de tetera y taza", tools=TOOLS).content
    assert "- Tetera de hierro Kuro: 58.00 EUR\n- Taza de barro: 7.25 EUR" in text


def test_a_lower_sale_price_is_the_price_said(client: OpenAI) -> None:
    row = {"name": "Wok", "price": 40.0, "sale_price": 34.5, "in_stock": True}
    assert ask(client, shown([row]), "price of the wok?").content == "Wok costs 34.50. It is available."


def test_a_price_range_and_a_backorder_are_said_as_such(client: OpenAI) -> None:
    row = {
        "name": "Wok",
        "price": "40",
        "price_max": "55",
        "stock_quantity": 0,
        "stock_status": "onbackorder",
    }
    text = ask(client, shown([row]), "price of the wok?").content
    assert text == "Wok costs 40 – 55. It is available."


def test_tool_choice_is_obeyed(client: OpenAI) -> None:
    named = {"type": "function", "function": {"name": "get_live_product_details"}}
    assert ask(client, "¿Tienen tazas?", tools=TOOLS, tool_choice="none").tool_calls is None
    assert called(ask(client, "hola", tools=TOOLS, tool_choice="required"))[0] == "search_local_products"
    forced = ask(client, shown(ROWS), "taza", tools=TOOLS, tool_choice=named)
    assert called(forced) == ("get_live_product_details", {"product_id": 43, "sku": None})


def test_the_same_request_gets_the_same_words(client: OpenAI) -> None:
    said = {ask(client, shown(ROWS), "taza").content for _ in range(3)}
    assert len(said) == 1


# --- the form of a chat answer -------------------------------------------------------------------


def test_usage_and_headers_come_with_every_answer(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": "hola"}]
    )
    usage = raw.parse().usage
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > usage.completion_tokens > 0
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["x-ratelimit-remaining-requests"]) > 0
    assert "x-ratelimit-reset-tokens" in raw.headers


def test_a_token_limit_cuts_the_text_with_finish_reason_length(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "hello"}], max_completion_tokens=2
    )
    assert (answer.choices[0].finish_reason, answer.choices[0].message.content) == ("length", "Hello! W")


def test_a_stream_adds_up_to_the_whole_text_and_ends_with_usage(client: OpenAI) -> None:
    messages: Any = [shown(ROWS), {"role": "user", "content": "taza"}]
    whole = client.chat.completions.create(model=MODEL, messages=messages)
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=messages, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-1].choices, chunks[-1].usage) == ([], whole.usage)


def test_streamed_tool_calls_come_in_fragments_merged_by_index(client: OpenAI, server: ModelServer) -> None:
    calls = [{"name": "one", "arguments": {"text": "x" * 40}}, {"name": "two", "arguments": "{}"}]
    server.script.add([{"tool_calls": calls}])
    merged: dict[int, list[str]] = {}
    names, finish = {}, None
    messages: Any = [{"role": "user", "content": "hola"}]
    for chunk in client.chat.completions.create(model=MODEL, messages=messages, stream=True):
        finish = chunk.choices[0].finish_reason or finish
        for part in chunk.choices[0].delta.tool_calls or ():
            assert part.function is not None
            merged.setdefault(part.index, []).append(part.function.arguments or "")
            if part.id:
                names[part.index] = part.function.name
    assert (names, finish) == ({0: "one", 1: "two"}, "tool_calls")
    assert len(merged[0]) > 2
    assert [json.loads("".join(parts)) for parts in merged.values()] == [{"text": "x" * 40}, {}]


# --- what is refused -----------------------------------------------------------------------------


def refused(client: OpenAI, **request: Any) -> openai.BadRequestError:
    request = {"model": MODEL, "messages": [{"role": "user", "content": "hola"}], **request}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**request)
    assert isinstance(caught.value.body, dict)
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    assert caught.value.type == "invalid_request_error"
    return caught.value


CALL = {"id": "call_1", "type": "function", "function": {"name": "search_local_products", "arguments": "{}"}}
USER = {"role": "user", "content": "hola"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
ANSWER = {"role": "tool", "tool_call_id": "call_1", "content": "[]"}


@pytest.mark.parametrize(
    ("messages", "part"),
    [
        ([USER, ANSWER], "must be a response to a preceeding message"),
        ([USER, CALLING, {**ANSWER, "tool_call_id": "call_2"}], "must be a response to a preceeding message"),
        ([USER, CALLING, ANSWER, ANSWER], "must be a response to a preceeding message"),
        ([USER, CALLING], "did not have response messages: call_1"),
        ([USER, CALLING, USER, ANSWER], "did not have response messages: call_1"),
        ([{"role": "robot", "content": "x"}], "Supported values are"),
        ([{"role": "assistant", "content": None}], "expected a string, got null"),
        ([{"role": "user", "content": None}], "expected a string, got null"),
        (
            [USER, {**CALLING, "tool_calls": [{**CALL, "function": {"name": "x", "arguments": {}}}]}],
            "arguments",
        ),
        ([], "minimum length 1"),
    ],
)
def test_messages_out_of_order_are_refused(client: OpenAI, messages: list[Any], part: str) -> None:
    assert part in str(refused(client, messages=messages))


def test_answered_tool_calls_are_accepted(client: OpenAI) -> None:
    assert ask(client, USER, CALLING, ANSWER, "hola").content


@pytest.mark.parametrize(
    ("request_part", "param", "code"),
    [
        ({"model": "gpt-5-mini", "max_tokens": 50}, "max_tokens", "unsupported_parameter"),
        ({"model": "o4-mini", "max_tokens": 50}, "max_tokens", "unsupported_parameter"),
        ({"model": "gpt-5-mini", "temperature": 0.2}, "temperature", "unsupported_value"),
        ({"reasoning_effort": "none"}, "reasoning_effort", None),
        ({"model": "gpt-5.6-luna", "reasoning_effort": "minimal"}, "reasoning_effort", "unsupported_value"),
        ({"model": "gpt-5.6-luna", "tools": TOOLS}, "reasoning_effort", None),
        ({"model": "gpt-5.5", "tools": TOOLS}, "reasoning_effort", None),
        ({"model": "gpt-5.4-mini", "tools": TOOLS, "reasoning_effort": "low"}, "reasoning_effort", None),
        ({"extra_body": {"max_tokens": 0}}, "max_tokens", "invalid_type"),
        ({"extra_body": {"stream": "yes"}}, "stream", "invalid_type"),
        ({"extra_body": {"tools": 5}}, "tools", "invalid_type"),
        ({"tools": []}, "tools", "empty_array"),
        ({"tools": [tool("bad name")]}, "tools[0].function.name", "invalid_value"),
        ({"tool_choice": "auto"}, "tool_choice", None),
        ({"tools": TOOLS, "tool_choice": "sometimes"}, "tool_choice", "invalid_value"),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"extra_body": {"no_such_thing": 1}}, None, None),
    ],
)
def test_a_parameter_that_the_model_cannot_take_is_refused(
    client: OpenAI, request_part: dict[str, Any], param: str | None, code: str | None
) -> None:
    error = refused(client, **request_part)
    assert (error.param, error.code) == (param, code)


@pytest.mark.parametrize(
    "request_part",
    [
        {"model": "gpt-5.6-luna", "tools": TOOLS, "reasoning_effort": "none"},
        {"model": "gpt-5.5", "tools": TOOLS, "reasoning_effort": "none"},
        {"model": "gpt-5.4-mini", "tools": TOOLS},
        {"model": "gpt-5-mini", "tools": TOOLS, "max_completion_tokens": 50, "temperature": 1},
        {"model": "gpt-4.1-mini-2025-04-14", "max_tokens": 50, "temperature": 0.2},
    ],
)
def test_a_parameter_that_the_model_can_take_is_accepted(
    client: OpenAI, request_part: dict[str, Any]
) -> None:
    messages: Any = [{"role": "user", "content": "hola"}]
    assert client.chat.completions.create(messages=messages, **request_part).choices


def test_a_strict_tool_must_require_every_property(client: OpenAI) -> None:
    loose = tool("search_local_products", query={"type": "string"})
    loose["function"]["parameters"]["required"] = []
    assert refused(client, tools=[loose]).code == "invalid_function_parameters"


@pytest.mark.parametrize(
    "schema",
    [5, {"type": "string"}, {"type": "object", "properties": {"q": 1}}, {"type": "object", "required": "q"}],
)
def test_a_tool_schema_must_describe_an_object(client: OpenAI, schema: Any) -> None:
    wrong = {"type": "function", "function": {"name": "search_local_products", "parameters": schema}}
    assert refused(client, tools=[wrong]).code == "invalid_function_parameters"


def test_an_unknown_model_is_not_found_unless_it_was_declared(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="house-model", messages=[{"role": "user", "content": "hi"}])
    assert caught.value.code == "model_not_found"
    with ModelServer(models=["house-model"]) as server, client_of(server) as other:
        assert other.models.retrieve("house-model").id == "house-model"
        assert other.chat.completions.create(
            model="house-model", messages=[{"role": "user", "content": "hi"}]
        ).choices


def test_the_models_list_names_chat_and_embedding_models(client: OpenAI) -> None:
    names = {model.id for model in client.models.list()}
    assert {"gpt-4.1-mini", "gpt-5.6-luna", "text-embedding-3-small"} <= names


def test_a_path_that_does_not_exist_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        client.responses.create(model=MODEL, input="hola")


def test_only_the_given_key_is_accepted() -> None:
    with ModelServer(api_key="sk-right-one-1234") as server:
        with client_of(server, key="sk-right-one-1234") as good:
            assert ask(good, "hola").content
        with (
            client_of(server, key="sk-wrong-one-9876") as bad,
            pytest.raises(openai.AuthenticationError) as caught,
        ):
            bad.models.list()
    assert caught.value.code == "invalid_api_key"
    assert "wrong-one" not in str(caught.value)


# --- embeddings ----------------------------------------------------------------------------------


def vectors(client: OpenAI, texts: Any, **options: Any) -> list[list[float]]:
    answer = client.embeddings.create(model="text-embedding-3-small", input=texts, **options)
    return [item.embedding for item in answer.data]


def dot(one: list[float], other: list[float]) -> float:
    return (
        math.sumprod(one, other)
        if hasattr(math, "sumprod")
        else sum(a * b for a, b in zip(one, other, strict=True))
    )


def test_base64_and_float_carry_the_same_unit_vectors(client: OpenAI) -> None:
    coded = vectors(client, ["café molido", "té verde"])
    plain = vectors(client, ["café molido", "té verde"], encoding_format="float")
    assert coded == plain
    assert [len(vector) for vector in plain] == [1536, 1536]
    assert all(dot(vector, vector) == pytest.approx(1.0, abs=1e-5) for vector in plain)


def test_dimensions_are_obeyed(client: OpenAI) -> None:
    (short,) = vectors(client, "café", dimensions=256)
    assert len(short) == 256
    assert dot(short, short) == pytest.approx(1.0, abs=1e-5)


def test_texts_about_the_same_thing_are_closer_than_others(client: OpenAI) -> None:
    query, near, typo, far = vectors(
        client, ["cafeteras italianas", "Cafetera italiana 6 tazas", "cafetra italina", "Zapatilla de correr"]
    )
    assert dot(query, near) > dot(query, typo) > dot(query, far)


def test_a_script_can_send_vectors_out_of_order(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"reverse": True}])
    answer = client.embeddings.create(model="text-embedding-3-small", input=["a", "b", "c"])
    assert [item.index for item in answer.data] == [2, 1, 0]
    assert answer.data[0].embedding == vectors(client, "c")[0]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ("", None),
        (["ok", ""], None),
        ([], "empty_array"),
        (["x"] * 2049, "array_above_max_length"),
        (["x" * 4 * 8193], None),
        (["x" * 4 * 3001] * 100, "max_tokens_per_request"),
    ],
)
def test_input_over_the_limits_is_refused(client: OpenAI, texts: Any, code: str | None) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        vectors(client, texts)
    assert caught.value.code == code


def test_input_at_the_limits_is_accepted(client: OpenAI) -> None:
    answer = client.embeddings.create(
        model="text-embedding-3-small", input=["x" * 4 * 146] * 2048, dimensions=8
    )
    assert len(answer.data) == 2048
    assert answer.usage.total_tokens == 146 * 2048


def test_token_arrays_are_accepted(client: OpenAI) -> None:
    assert len(vectors(client, [[1, 2, 3], [4]])) == 2


def test_only_third_generation_models_can_be_shortened(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="text-embedding-ada-002", input="x", dimensions=10)
    with pytest.raises(openai.BadRequestError):
        vectors(client, "x", dimensions=1537)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model=MODEL, input="x")


# --- the script ----------------------------------------------------------------------------------


def test_steps_are_used_one_per_request_then_behaviour_is_normal(client: OpenAI, server: ModelServer) -> None:
    control(server, [{"content": "uno"}, {"content": "dos"}])
    said = [ask(client, "hello").content for _ in range(3)]
    assert said == ["uno", "dos", "Hello! Which product are you looking for?"]


def test_a_step_that_speaks_waits_for_a_chat_request(client: OpenAI, server: ModelServer) -> None:
    control(server, [{"content": "uno"}, {"status": 503, "endpoint": "embeddings"}])
    with pytest.raises(openai.InternalServerError):
        vectors(client, "x")
    assert ask(client, "hola").content == "uno"
    assert vectors(client, "x")


def test_a_mode_lasts_until_the_reset(client: OpenAI, server: ModelServer) -> None:
    control(server, {"mode": {"status": 500}})
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            ask(client, "hola")
    control(server, {"reset": True})
    assert server.requests == []
    assert ask(client, "hola").content


@pytest.mark.parametrize(
    "order", [{}, "x", [{"no_such": 1}], [{"hang": "long"}], {"mode": {"endpoint": "x"}}]
)
def test_a_wrong_order_is_refused_with_what_is_accepted(server: ModelServer, order: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(server, order)
    with caught.value as answer:
        assert answer.status == 400
        assert json.load(answer)["error"]["message"]


def test_a_rate_limit_says_when_to_come_back(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"status": 429, "retry_after": 1, "code": "rate_limit_exceeded"}])
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, "hola")
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["retry-after"] == "1"
    assert caught.value.response.headers["x-ratelimit-remaining-requests"] == "0"


def test_an_empty_purse_is_told_apart_from_a_rate_limit(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"status": 429, "code": "insufficient_quota"}])
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, "hola")
    assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")
    assert "retry-after" not in caught.value.response.headers


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_has_openai_s_body(client: OpenAI, server: ModelServer, status: int) -> None:
    server.script.add([{"status": status}])
    with pytest.raises(openai.InternalServerError) as caught:
        ask(client, "hola")
    assert (caught.value.status_code, caught.value.type) == (status, "server_error")


def test_a_hang_outlasts_the_clients_patience(server: ModelServer) -> None:
    server.script.add([{"hang": 600}])
    with client_of(server, timeout=0.3) as hasty, pytest.raises(openai.APITimeoutError):
        ask(hasty, "hola")


def test_a_short_hang_is_followed_by_the_answer(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"hang": 0.05, "content": "tarde"}])
    assert ask(client, "hola").content == "tarde"


def test_a_drip_keeps_a_read_timeout_from_firing(server: ModelServer) -> None:
    server.script.add([{"drip": 0.0005, "content": "gota a gota"}])
    with client_of(server, timeout=5) as patient:
        assert ask(patient, "hola").content == "gota a gota"


def test_broken_json_html_and_cut_bodies_reach_the_client_as_they_are(
    client: OpenAI, server: ModelServer
) -> None:
    server.script.add([{"broken_json": True}, {"html": True}, {"html": True, "status": 502}, {"cut": True}])
    raw = client.chat.completions.with_raw_response
    messages: Any = [{"role": "user", "content": "hola"}]
    broken = raw.create(model=MODEL, messages=messages)
    assert broken.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        broken.parse()
    page = raw.create(model=MODEL, messages=messages)
    assert page.headers["content-type"] == "text/html"
    with pytest.raises(openai.InternalServerError) as gateway:
        raw.create(model=MODEL, messages=messages)
    assert gateway.value.status_code == 502
    assert gateway.value.response.headers["content-type"] == "text/html"
    with pytest.raises(openai.APIConnectionError):
        raw.create(model=MODEL, messages=messages)


def test_a_cut_stream_breaks_after_some_chunks(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"cut": True, "content": "una respuesta bastante larga para ser cortada"}])
    messages: Any = [{"role": "user", "content": "hola"}]
    received = []
    with pytest.raises(openai.APIConnectionError):
        for chunk in client.chat.completions.create(model=MODEL, messages=messages, stream=True):
            received.append(chunk)
    assert received


def test_dictated_tool_calls_may_be_invalid(client: OpenAI, server: ModelServer) -> None:
    calls = [
        {"name": "no_such_tool", "arguments": {"a": 1}},
        {"name": "search_local_products", "arguments": '{"query": '},
        {"name": "search_local_products", "arguments": {"query": "x"}, "raw": True},
    ]
    server.script.add([{"tool_calls": calls, "content": "un momento"}])
    message = ask(client, "hola", tools=TOOLS)
    assert message.content == "un momento"
    assert [call.function.arguments for call in message.tool_calls] == [
        '{"a": 1}',
        '{"query": ',
        {"query": "x"},
    ]
    assert len({call.id for call in message.tool_calls}) == 3


def test_refusal_finish_reason_and_missing_usage_can_be_dictated(client: OpenAI, server: ModelServer) -> None:
    server.script.add(
        [{"refusal": "No puedo."}, {"finish_reason": "length", "content": ""}, {"no_usage": True}]
    )
    refusal = ask(client, "hola")
    assert (refusal.refusal, refusal.content) == ("No puedo.", None)
    messages: Any = [{"role": "user", "content": "hola"}]
    empty = client.chat.completions.create(model=MODEL, messages=messages).choices[0]
    assert (empty.finish_reason, empty.message.content) == ("length", "")
    assert client.chat.completions.create(model=MODEL, messages=messages).usage is None


def test_a_dictated_answer_does_not_excuse_an_invalid_request(client: OpenAI, server: ModelServer) -> None:
    server.script.add([{"content": "hola"}])
    assert refused(client, messages=[USER, CALLING])


def test_every_request_is_recorded_even_a_refused_one(client: OpenAI, server: ModelServer) -> None:
    ask(client, "hola")
    refused(client, messages=[USER, ANSWER])
    url = server.base_url.removesuffix("/v1") + "/_requests"
    with urllib.request.urlopen(url, timeout=10) as answer:
        recorded = json.load(answer)
    assert recorded == server.requests
    assert [entry["path"] for entry in recorded] == ["/v1/chat/completions"] * 2
    assert recorded[0]["body"]["messages"] == [USER]


def test_a_body_that_is_not_json_is_a_400_and_recorded_as_text(server: ModelServer) -> None:
    request = urllib.request.Request(server.base_url + "/chat/completions", data=b"{oops", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value as answer:
        assert answer.status == 400
    assert server.requests == [{"path": "/v1/chat/completions", "body": "{oops"}]


# --- starting and stopping -----------------------------------------------------------------------


def test_stop_ends_fifty_hanging_requests_at_once() -> None:
    server = ModelServer()
    server.control({"mode": {"hang": 600}})
    server.start()

    def hang(_: int) -> type[BaseException]:
        with client_of(server, timeout=60) as client, pytest.raises(openai.APIConnectionError) as caught:
            ask(client, "hola")
        return caught.type

    with ThreadPoolExecutor(50) as pool:
        results = pool.map(hang, range(50))
        for _ in range(3000):
            if len(server.requests) == 50:
                break
            time.sleep(0.02)
        server.stop()
        assert set(results) == {openai.APIConnectionError}
    server.stop()


def test_a_stopped_server_can_be_started_again() -> None:
    server = ModelServer()
    server.start()
    server.stop()
    with server, client_of(server) as client:
        assert ask(client, "hola").content
    with pytest.raises(RuntimeError, match="start"):
        _ = server.base_url


def test_the_command_serves_until_sigterm_and_says_when_its_port_is_taken() -> None:
    command = [sys.executable, "-m", "infra.local.model_server", "--port"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().split()[-1]
            with OpenAI(base_url=base_url, api_key="any", max_retries=0) as client:
                assert ask(client, "hola").content
            port = base_url.rsplit(":", 1)[1].removesuffix("/v1")
            second = subprocess.run([*command, port], capture_output=True, text=True, timeout=60, check=False)
            assert second.returncode == 1
            assert "choose another --port" in second.stderr
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
