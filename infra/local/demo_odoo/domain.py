"""Search domains in prefix notation, made into a test of one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.demo_odoo.conditions import Test, condition
from infra.local.demo_odoo.env import Env

_JOINERS = ("&", "|")


def uses_active(domain: Any) -> bool:
    return any(isinstance(term, list | tuple) and term and term[0] == "active" for term in domain or [])


def domain_test(env: Env, model: str, domain: Any) -> Test:
    """A function that tells whether a row matches. Terms without an operator between them are all asked.

    Raises ValueError for a malformed domain, an unknown field or operator.
    """
    stack: list[Test] = []
    if not isinstance(domain, list | tuple):
        raise ValueError(f"Domain() expects a list of conditions, got {domain!r}")
    for term in reversed(domain):
        try:
            if term == "!":
                stack.append(_none(stack.pop()))
            elif term in _JOINERS:
                join = _both if term == "&" else _either
                stack.append(join(stack.pop(), stack.pop()))
            else:
                stack.append(_leaf(env, model, term))
        except IndexError as e:
            raise ValueError(f"Domain {domain!r} is syntactically not correct") from e
    return _all(stack[::-1])


def _leaf(env: Env, model: str, term: Any) -> Test:
    if not isinstance(term, list | tuple) or len(term) != 3:
        name = "Domain() invalid item in domain" if env.release.major >= 19 else "Invalid leaf"
        raise ValueError(f"{name}: {term!r}")
    path, operator, value = term
    if path in (0, 1) and operator == "=":
        return lambda _: bool(path == value)
    return condition(env, model, path, operator, value, sub_domain=domain_test)


def _none(test: Test) -> Test:
    return lambda row: not test(row)


def _both(a: Test, b: Test) -> Test:
    return lambda row: a(row) and b(row)


def _either(a: Test, b: Test) -> Test:
    return lambda row: a(row) or b(row)


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


SubDomain = Callable[[Env, str, Any], Test]
