-- name: by_ids
-- The customer-visible columns of some products; standard_price is left out on purpose.
select id, source, external_id, kind, name, parent_external_id, sku, barcode, short_description, description,
       category_name, categories, brand, tags, attributes, currency, price, list_price, sale_price,
       stock_status, stock_quantity, url, image_url
from products
where id = any(:ids) and is_active;

-- name: variations_of
-- All active variations of some products, in one round trip.
select variation.id, variation.source, variation.external_id, variation.kind, variation.name,
       variation.parent_external_id, variation.sku, variation.barcode, variation.short_description,
       variation.description, variation.category_name, variation.categories, variation.brand, variation.tags,
       variation.attributes, variation.currency, variation.price, variation.list_price, variation.sale_price,
       variation.stock_status, variation.stock_quantity, variation.url, variation.image_url,
       parent.id as parent_id
from products parent
join products variation
  on variation.shop_id = parent.shop_id
 and variation.source = parent.source
 and variation.parent_external_id = parent.external_id
where parent.id = any(:ids) and variation.kind = 'variation' and variation.is_active
order by variation.id;

-- name: by_code
-- Exact SKU or barcode, case ignored. A code may belong to several products: shops repeat and omit SKUs.
select id
from products
where is_active and (lower(sku) = lower(:code) or barcode = :code)
order by (kind = 'variation'), id
limit :most;

-- name: by_external_id
select id from products where source = :source and external_id = :external_id and is_active;
