"""What moves quantities: counting, reserving, delivering. None of it touches the product's write_date."""

from __future__ import annotations

from infra.local.demo_odoo.rpc import rpc
from infra.local.demo_odoo.stock_values import locations
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.writing import Records

SUPPLIERS, CUSTOMERS, LOSSES = 1, 2, 3


class Quants(Records):
    @rpc()
    def action_apply_inventory(self) -> None:
        """Takes the counted quantities over. It gives None, which XML-RPC cannot tell."""
        for row in self.rows():
            self._move_to(row, row["inventory_quantity"])
            self.table.update(row["id"], {"inventory_quantity": 0.0, "inventory_quantity_set": False})

    @rpc(model_level=True)
    def action_view_quants(self) -> dict[str, str]:
        """Opening the report deletes the quants whose quantity is 0."""
        for row in list(self.table.rows.values()):
            if not row["quantity"] and not row["reserved_quantity"]:
                self.table.delete(row["id"])
        return {"type": "ir.actions.act_window", "res_model": "stock.quant", "name": "Locations"}

    def count(self, product_id: int, quantity: float, location_id: int | None = None) -> None:
        """Sets the quantity of a product in a location, by default in the first of the call's companies."""
        self._move_to(self._quant(product_id, location_id), quantity)

    def reserve(self, product_id: int, quantity: float, location_id: int | None = None) -> int:
        """Confirms a sale: less is free, as much is there. Gives the id of the waiting move."""
        quant = self._quant(product_id, location_id)
        reserved = quant["reserved_quantity"] + quantity
        self.table.update(quant["id"], {"reserved_quantity": reserved} | self._stamp())
        return self._move(quant, quantity, quant["location_id"], CUSTOMERS, state="assigned")

    def deliver(self, move_id: int) -> None:
        """Sends a reserved quantity out."""
        moves = self.env.table("stock.move")
        move = moves.rows[move_id]
        quant = self._quant(move["product_id"], move["location_id"])
        demand = move["product_uom_qty"]
        left = {name: quant[name] - demand for name in ("quantity", "reserved_quantity")}
        self.table.update(quant["id"], left | self._stamp())
        moves.update(move_id, {"state": "done", "date": self.env.began, self._moved: demand} | self._stamp())

    @property
    def _moved(self) -> str:
        return "quantity" if self.env.release.major >= 17 else "quantity_done"

    def _quant(self, product_id: int, location_id: int | None) -> Row:
        place = location_id or min(locations(self.env))
        for quant in self.table.by("product_id", product_id):
            if quant["location_id"] == place:
                return quant
        made = Records(self.env, self.model)._create({"product_id": product_id, "location_id": place})
        return self.table.rows[made]

    def _move_to(self, quant: Row, quantity: float) -> None:
        change = quantity - quant["quantity"]
        if change:
            place = quant["location_id"]
            source, target = (LOSSES, place) if change > 0 else (place, LOSSES)
            self._move(quant, abs(change), source, target, state="done")
        self.table.update(quant["id"], {"quantity": float(quantity)} | self._stamp())

    def _move(self, quant: Row, quantity: float, source: int, target: int, state: str) -> int:
        company = self.env.table("stock.location").rows[quant["location_id"]]["company_id"]
        values = {
            "reference": "Inventario" if LOSSES in (source, target) else "Entrega",
            "product_id": quant["product_id"],
            "product_uom_qty": float(quantity),
            self._moved: float(quantity) if state == "done" else 0.0,
            "state": state,
            "date": self.env.began,
            "location_id": source,
            "location_dest_id": target,
            "company_id": company,
        }
        return Records(self.env, "stock.move")._create(values)
