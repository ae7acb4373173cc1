"""XML-RPC: `/xmlrpc/2/<service>`, every answer HTTP 200, errors as faults 1 to 4."""

from __future__ import annotations

import re
import xmlrpc.client as xml
from typing import Any
from xml.parsers.expat import ExpatError

from tendero.catalog.odoo.login import Login
from tendero.catalog.odoo.rpc import Rpc
from tendero.catalog.odoo.transport import ACCESS, DENIED, Fault, Unreadable, Wire
from tendero.platform.deadline import Deadline

_FAULTS = {2: "odoo.exceptions.UserError", 3: DENIED, 4: ACCESS}
# 16 sends them as they stand in a name; no XML may hold them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The last line of a Python traceback.
_RAISED = re.compile(r"([A-Za-z_][\w.]*): (.*)")
_BROKEN = (ExpatError, xml.Error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class XmlRpc(Rpc):
    name = "XML-RPC"

    def __init__(self, login: Login, timeout: float) -> None:
        super().__init__(login, Wire(login, timeout, headers={"Content-Type": "text/xml"}))

    def _ask(
        self, service: str, method: str, args: list[Any], deadline: Deadline | None, attempts: int
    ) -> Any:
        order = xml.dumps(tuple(args), method, encoding="utf-8").encode()
        answer = self._wire.ask(f"xmlrpc/2/{service}", data=order, deadline=deadline, attempts=attempts)
        return result(answer.content)


def result(body: bytes) -> Any:
    """The value in an answer. Raises Fault, or Unreadable for anything but a method's response.

    A document type is refused: entities defined in it could fill the memory.
    """
    try:
        # As text, so that no declared encoding hides what is looked for.
        text = _CONTROL.sub("", body.decode("utf-8"))
        if "<!DOCTYPE" in text or "<!ENTITY" in text or "<methodResponse" not in text:
            raise Unreadable(f"no XML-RPC answer: {text[:80]!r}")
        values, _ = xml.loads(text)
    except xml.Fault as fault:
        raise _fault(fault) from fault
    except _BROKEN as error:
        raise Unreadable(f"broken XML-RPC answer: {error}") from error
    if len(values) != 1:
        raise Unreadable(f"an XML-RPC answer with {len(values)} values")
    return values[0]


def _fault(fault: xml.Fault) -> Fault:
    code, said = fault.faultCode, str(fault.faultString)
    if code in _FAULTS:
        return Fault(_FAULTS[code], said)
    # The string is a whole traceback, which nobody outside may see.
    last = said.strip().rpartition("\n")[2]
    raised = _RAISED.match(last)
    return Fault(raised[1], raised[2]) if raised else Fault("", last[:200])
