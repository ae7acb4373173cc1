"""What a person sees: the list of products, a product's page, placeholder pictures."""

from __future__ import annotations

import colorsys
from html import escape, unescape
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from infra.local.demo_shop import prices, render
from infra.local.demo_shop.records import Item
from infra.local.demo_shop.replies import Reply

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

_STOCK = {"instock": "En stock", "outofstock": "Agotado", "onbackorder": "Bajo pedido"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td{padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd}"
    "td.n{text-align:right}img{float:right;width:14rem}"
)


def answer(shop: Shop, request: Request, path: str) -> Reply:
    with shop.lock:
        if path == "/":
            return _html(shop.name, _listing(shop))
        kind, _, rest = path.strip("/").partition("/")
        if kind == "imagenes" and rest.endswith(".svg"):
            return _picture(shop, rest.removesuffix(".svg"))
        if kind == "producto":
            for item in _shown(shop):
                if item.slug == rest:
                    return _html(unescape(item.name), _product(shop, item))
        return _html("No encontrado", "<p>Esta página no existe.</p>", 404)


def _shown(shop: Shop) -> list[Item]:
    """What the shop window shows: published, not hidden, no variations."""
    return [
        item
        for item in shop.items.values()
        if item.status == "publish" and not item.is_variation and item.catalog_visibility != "hidden"
    ]


def _html(title: str, body: str, status: int = 200) -> Reply:
    page = (
        f'<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )
    return Reply(page.encode(), status, content_type="text/html; charset=utf-8")


def _listing(shop: Shop) -> str:
    rows = "".join(
        f'<tr><td><a href="/producto/{item.slug}/">{escape(unescape(item.name))}</a></td>'
        f"<td>{escape(item.sku)}</td><td class=n>{prices.html(shop, item) or '—'}</td>"
        f"<td>{_stock(shop, item)}</td></tr>"
        for item in _shown(shop)
    )
    return f"<p>Tienda de demostración: nada de esto existe.</p><table>{rows}</table>"


def _stock(shop: Shop, item: Item) -> str:
    text = _STOCK[render.stock_status(shop, item)]
    return f"{text} ({item.stock_quantity})" if item.manage_stock else text


def _product(shop: Shop, item: Item) -> str:
    picture = f'<img src="/imagenes/{item.images[0].slug}.svg" alt="">' if item.images else ""
    kinds = "".join(
        f"<tr><td>{escape(render.option_list(v)) or '—'}</td><td>{escape(v.sku)}</td>"
        f"<td class=n>{prices.html(shop, v)}</td><td>{_stock(shop, v)}</td></tr>"
        for v in (shop.items[i] for i in shop.live_variations(item))
        if v.status == "publish"
    )
    return (
        f"{picture}<p>{prices.html(shop, item)} · {_stock(shop, item)} · {escape(item.sku)}</p>"
        f"{item.description}<table>{kinds}</table><p><a href='/'>Todos los productos</a></p>"
    )


def _picture(shop: Shop, slug: str) -> Reply:
    """A coloured square with the product's name; its colour follows from the slug."""
    names = {image.slug: item.name for item in shop.items.values() for image in item.images}
    if slug not in names:
        return _html("No encontrado", "<p>Esta imagen no existe.</p>", 404)
    hue = sum(slug.encode()) % 360
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue / 360, 0.8, 0.5))
    words = unescape(names[slug]).split()
    lines = [" ".join(words[n : n + 3]) for n in range(0, len(words), 3)]
    text = "".join(
        f'<text x="400" y="{400 + 64 * n - 32 * (len(lines) - 1)}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800">'
        f'<rect width="800" height="800" fill="rgb({red},{green},{blue})"/>'
        f'<g font-family="sans-serif" font-size="52" text-anchor="middle" fill="#333">{text}</g></svg>'
    )
    return Reply(svg.encode(), content_type="image/svg+xml")
