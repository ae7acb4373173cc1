-- name: by_ids
-- The customer-visible columns of some products; standard_price is left out on purpose. `asked_id` is the id
-- asked for: a product that another source's row is shown for is found by the ids of both.
select asked.id as asked_id, product.id, product.source, product.external_id, product.kind, product.name,
       product.parent_external_id, product.sku, product.barcode, product.short_description,
       product.description, product.category_name, product.categories, product.brand, product.tags,
       product.attributes, product.shown_currency as currency, product.shown_price as price,
       product.shown_list_price as list_price, product.shown_sale_price as sale_price,
       product.shown_stock_status as stock_status, product.shown_stock_quantity as stock_quantity,
       product.url, product.image_url, product.price_of, product.stock_of
from products asked
join products product on product.id = case when asked.shown_as is null then asked.id else asked.shown_as end
where asked.id = any(:ids) and product.is_active and product.shown_as is null;

-- name: variations_of
-- All variations of some products that are shown, in one round trip.
select variation.id, variation.source, variation.external_id, variation.kind, variation.name,
       variation.parent_external_id, variation.sku, variation.barcode, variation.short_description,
       variation.description, variation.category_name, variation.categories, variation.brand, variation.tags,
       variation.attributes, variation.shown_currency as currency, variation.shown_price as price,
       variation.shown_list_price as list_price, variation.shown_sale_price as sale_price,
       variation.shown_stock_status as stock_status, variation.shown_stock_quantity as stock_quantity,
       variation.url, variation.image_url, variation.price_of, variation.stock_of, parent.id as parent_id
from products parent
join products variation
  on variation.shop_id = parent.shop_id
 and variation.source = parent.source
 and variation.parent_external_id = parent.external_id
where parent.id = any(:ids) and variation.kind = 'variation' and variation.is_active
  and variation.shown_as is null
order by variation.id;

-- name: by_code
-- Exact SKU or barcode, case ignored. A code may belong to several products: shops repeat and omit SKUs. Without
-- the shop named, row-level security would keep the codes' indexes from being used together; a join would be
-- planned as a scan of all products.
select id
from products
where id = any (array(
        select coalesce(shown_as, id) from products
        where shop_id = current_setting('tendero.shop_id') and is_active
          and (sku_key = lower(btrim(:code)) or barcode = :code)))
  and is_active and shown_as is null
order by (kind = 'variation'), id
limit :most;

-- name: by_external_id
select id
from products
where id = any (array(
        select coalesce(shown_as, id) from products
        where shop_id = current_setting('tendero.shop_id') and source = :source
          and external_id = :external_id and is_active))
  and is_active and shown_as is null;

-- name: own
-- Rows as their own sources have them, whether they are shown or not.
select id, source, external_id, kind, name, parent_external_id, sku, barcode, short_description, description,
       category_name, categories, brand, tags, attributes, currency, price, list_price, sale_price,
       stock_status, stock_quantity, url, image_url, price_of, stock_of
from products
where id = any(:ids) and is_active;
