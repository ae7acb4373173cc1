"""XML-RPC, `/xmlrpc/2/<service>`: every answer is HTTP 200, errors are faults 1 to 4."""

from __future__ import annotations

import re
import xmlrpc.client as xml
from typing import TYPE_CHECKING, Any, ClassVar
from xml.parsers.expat import ExpatError

from infra.local.demo_odoo.errors import AccessDenied, Failure
from infra.local.demo_odoo.replies import FINDERS, Job, Reply, failing
from infra.local.demo_odoo.services import dispatch

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Marshaller(xml.Marshaller):
    """Leaves control characters out, as 17 and later do; 16 sends them, which is not valid XML."""

    dispatch: ClassVar[dict[Any, Any]] = dict(xml.Marshaller.dispatch)  # type: ignore[misc]

    def dump_text(self, value: str, write: Any) -> None:
        self.dump_unicode(_CONTROL.sub("", value), write)

    dispatch[str] = dump_text


def read(odoo: Odoo, service: str, path: str, body: bytes) -> Job:
    def tell(result: Any) -> Reply:
        kind = _Marshaller if odoo.release.major >= 17 else xml.Marshaller
        return _reply(kind("utf-8", False).dumps((result,)))

    try:
        args, method = xml.loads(body)
    except (ExpatError, xml.ResponseError, ValueError, TypeError) as e:
        return Job(path, failing(e), tell, _refuse)
    called, finds = called_method(args) if service == "object" else (str(method), False)
    return Job(
        f"{path} {called}", lambda: dispatch(odoo, service, str(method), list(args)), tell, _refuse, finds
    )


def called_method(args: Any) -> tuple[str, bool]:
    """(`model/method` of an execute_kw call, whether it searches)."""
    model, method = [*args, "", "", "", "", ""][3:5]
    return f"{model}/{method}", method in FINDERS


def _refuse(error: Exception) -> Reply:
    failure = Failure.of(error)
    text = failure.traceback if failure.fault == 1 else failure.message
    text = "Access Denied" if isinstance(error, AccessDenied) else text
    return _reply(_Marshaller("utf-8", False).dumps(xml.Fault(failure.fault, text)))


def _reply(params: str) -> Reply:
    body = f"<?xml version='1.0'?>\n<methodResponse>\n{params}</methodResponse>\n"
    return Reply(body.encode(), content_type="text/xml; charset=utf-8")
