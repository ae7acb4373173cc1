"""What is no RPC: the version, health, the login page, pictures."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from infra.local.demo_odoo.pictures import png
from infra.local.demo_odoo.replies import Reply, html_reply, json_reply, not_found

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_PICTURE = re.compile(r"/web/image/(product\.product|product\.template)/(\d+)/image_(?:128|512|1920)")


def answer(odoo: Odoo, path: str) -> Reply:
    if path == "/web/health":
        return json_reply({"status": "pass"})
    if path in ("/web/version", "/json/version") and odoo.release.major >= 19:
        info = odoo.release.info()
        return json_reply({"version_info": info["server_version_info"], "version": info["server_version"]})
    if path == "/web/login":
        return html_reply("Odoo", "Log in")
    if path in ("/", "/web", "/odoo"):
        return to_login()
    picture = _PICTURE.fullmatch(path)
    return _picture(odoo, picture[1], int(picture[2])) if picture else not_found()


def to_login() -> Reply:
    """303: a client that follows it gets a page of HTML with status 200."""
    return Reply(b"", 303, {"Location": "/web/login"}, "text/html; charset=utf-8")


def _picture(odoo: Odoo, model: str, row_id: int) -> Reply:
    """The picture of a published product; for anything else a grey square, with 200 as well."""
    with odoo.lock:
        row = odoo.table(model).rows.get(row_id, {})
        template = odoo.table("product.template").rows.get(row.get("product_tmpl_id") or row_id, {})
        data = template.get("image_1920") if row and template.get("is_published") else None
    return Reply(base64.b64decode(data) if data else png(128, 128, 128), content_type="image/png")
