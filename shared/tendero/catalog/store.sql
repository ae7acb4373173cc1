-- name: stage
-- Lives as long as the connection; each transaction finds it empty.
create temporary table if not exists staged_products (
    external_id text, kind text, parent_external_id text, sku text, barcode text, name text,
    short_description text, description text, category_id bigint, category_name text, categories text[],
    brand text, tags text[], attributes jsonb, is_active boolean, currency text, price text, list_price text,
    sale_price text, standard_price text, stock_status text, stock_quantity text, product_type text,
    weight text, volume text, sale_ok boolean, purchase_ok boolean, uom_id bigint, uom_name text,
    company_id bigint, url text, image_url text, text_for_embedding text, text_hash text,
    last_update timestamptz
) on commit delete rows;

-- name: copy_staged
copy staged_products from stdin (format binary);

-- name: one_writer
-- Two runs at once write the same rows in different orders; one batch at a time cannot deadlock.
select pg_advisory_xact_lock(hashtext('tendero.products'), hashtext(current_setting('tendero.shop_id')));

-- name: upsert
-- Rows that are the same already are not touched at all: no new version, no lock, no sequence number.
-- last_update alone is no change: shops bump it without one, and a variation's change bumps its parent's.
with source_rows as (
    select staged.external_id, staged.kind, staged.parent_external_id, staged.sku, staged.barcode, staged.name,
           staged.short_description, staged.description, staged.category_id, staged.category_name,
           staged.categories, staged.brand, staged.tags, staged.attributes, staged.is_active, staged.currency,
           staged.price::numeric(14, 4) as price, staged.list_price::numeric(14, 4) as list_price,
           staged.sale_price::numeric(14, 4) as sale_price,
           staged.standard_price::numeric(14, 4) as standard_price, staged.stock_status,
           staged.stock_quantity::numeric(14, 3) as stock_quantity, staged.product_type,
           staged.weight::numeric(14, 4) as weight, staged.volume::numeric(14, 6) as volume, staged.sale_ok,
           staged.purchase_ok, staged.uom_id, staged.uom_name, staged.company_id, staged.url,
           staged.image_url, staged.text_for_embedding, staged.text_hash, staged.last_update
    from staged_products staged
), changed as (
    select incoming.*, held.id as held_id, held.is_active as was_active, held.text_hash as old_hash
    from source_rows incoming
    left join products held
      on held.shop_id = current_setting('tendero.shop_id')
     and held.source = :source
     and held.external_id = incoming.external_id
    where held.id is null
       or (incoming.kind, incoming.parent_external_id, incoming.sku, incoming.barcode, incoming.name,
           incoming.short_description, incoming.description, incoming.category_id, incoming.category_name,
           incoming.categories, incoming.brand, incoming.tags, incoming.attributes, incoming.is_active,
           incoming.currency, incoming.price, incoming.list_price, incoming.sale_price,
           incoming.standard_price, incoming.stock_status, incoming.stock_quantity, incoming.product_type,
           incoming.weight, incoming.volume, incoming.sale_ok, incoming.purchase_ok, incoming.uom_id,
           incoming.uom_name, incoming.company_id, incoming.url, incoming.image_url,
           incoming.text_for_embedding, incoming.text_hash)
          is distinct from
          (held.kind, held.parent_external_id, held.sku, held.barcode, held.name,
           held.short_description, held.description, held.category_id, held.category_name,
           held.categories, held.brand, held.tags, held.attributes, held.is_active,
           held.currency, held.price, held.list_price, held.sale_price,
           held.standard_price, held.stock_status, held.stock_quantity, held.product_type,
           held.weight, held.volume, held.sale_ok, held.purchase_ok, held.uom_id,
           held.uom_name, held.company_id, held.url, held.image_url,
           held.text_for_embedding, held.text_hash)
), written as (
    insert into products (
        source, external_id, kind, parent_external_id, sku, barcode, name, short_description, description,
        category_id, category_name, categories, brand, tags, attributes, is_active, currency, price,
        list_price, sale_price, standard_price, stock_status, stock_quantity, product_type, weight, volume,
        sale_ok, purchase_ok, uom_id, uom_name, company_id, url, image_url, text_for_embedding, text_hash,
        last_update)
    select :source, external_id, kind, parent_external_id, sku, barcode, name, short_description, description,
           category_id, category_name, categories, brand, tags, attributes, is_active, currency, price,
           list_price, sale_price, standard_price, stock_status, stock_quantity, product_type, weight, volume,
           sale_ok, purchase_ok, uom_id, uom_name, company_id, url, image_url, text_for_embedding, text_hash,
           last_update
    from changed
    order by external_id
    on conflict (shop_id, source, external_id) do update set
        kind = excluded.kind, parent_external_id = excluded.parent_external_id, sku = excluded.sku,
        barcode = excluded.barcode, name = excluded.name, short_description = excluded.short_description,
        description = excluded.description, category_id = excluded.category_id,
        category_name = excluded.category_name, categories = excluded.categories, brand = excluded.brand,
        tags = excluded.tags, attributes = excluded.attributes, is_active = excluded.is_active,
        currency = excluded.currency, price = excluded.price, list_price = excluded.list_price,
        sale_price = excluded.sale_price, standard_price = excluded.standard_price,
        stock_status = excluded.stock_status, stock_quantity = excluded.stock_quantity,
        product_type = excluded.product_type, weight = excluded.weight, volume = excluded.volume,
        sale_ok = excluded.sale_ok, purchase_ok = excluded.purchase_ok, uom_id = excluded.uom_id,
        uom_name = excluded.uom_name, company_id = excluded.company_id, url = excluded.url,
        image_url = excluded.image_url, text_for_embedding = excluded.text_for_embedding,
        text_hash = excluded.text_hash, last_update = excluded.last_update, updated_at = now()
    returning id, external_id
)
select written.id, changed.kind,
       changed.held_id is null as inserted,
       changed.held_id is not null and changed.was_active and not changed.is_active as deactivated,
       changed.held_id is null or changed.old_hash <> changed.text_hash
           or changed.was_active <> changed.is_active as reindex,
       changed.kind <> 'variation' and changed.is_active
           and (changed.held_id is null or changed.old_hash <> changed.text_hash) as embeddable
from written
join changed using (external_id);

-- name: deactivate
-- A product takes its variations with it.
update products
set is_active = false, updated_at = now()
where source = :source and is_active
  and (external_id = any(:external_ids) or parent_external_id = any(:external_ids))
returning id, kind;

-- name: deactivate_orphans
-- Variations whose parent customers do not see.
update products variation
set is_active = false, updated_at = now()
where variation.source = :source and variation.kind = 'variation' and variation.is_active
  and not exists (
      select from products parent
      where parent.shop_id = variation.shop_id and parent.source = variation.source
        and parent.external_id = variation.parent_external_id and parent.is_active)
returning id, kind;

-- name: active
select external_id, kind, parent_external_id from products where source = :source and is_active;

-- name: active_of
-- What is active of these products, of the products of these variations, and all their variations.
with whole as (
    select coalesce(parent_external_id, external_id) as external_id
    from products where source = :source and external_id = any(:external_ids)
)
select external_id, kind, parent_external_id from products
where source = :source and is_active
  and (external_id in (select external_id from whole) or parent_external_id in (select external_id from whole));

-- name: ids
select id from products where source = :source and external_id = any(:external_ids);

-- name: offers
select external_id, price, stock_status, stock_quantity from products where source = :source and is_active;

-- name: state
select watermark, details from sync_state where source = :source;

-- name: remember
insert into sync_state (source, watermark, details, last_success_at)
values (:source, :watermark, :details::jsonb, now())
on conflict (shop_id, source) do update
set watermark = excluded.watermark, details = excluded.details, last_success_at = excluded.last_success_at;
