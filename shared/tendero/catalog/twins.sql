-- name: state
-- Whether the shop has rows of several sources: two looks into an index, however many rows there are.
select (select source from products where shop_id = current_setting('tendero.shop_id')
        order by source limit 1)
       <> (select source from products where shop_id = current_setting('tendero.shop_id')
           order by source desc limit 1) as several,
       (select rule from same_sku_rules where shop_id = current_setting('tendero.shop_id')) as rule;

-- name: by_ids
select id, source, external_id, kind, parent_external_id, is_active, sku_key, currency, price, list_price,
       sale_price, stock_status, stock_quantity, shown_as, price_of, stock_of, other_currency, other_price,
       other_list_price, other_sale_price, other_stock_status, other_stock_quantity, settled_sku, settled_parent
from products
where id = any(:ids);

-- name: related
-- Active rows with these SKUs; products by their sources' ids, with their variations; without those `held`.
with family as (
    select source, external_id from unnest(:sources::text[], :external_ids::text[]) as asked(source, external_id)
), related(id) as (
    (select id from products
     where shop_id = current_setting('tendero.shop_id') and sku_key = any(:skus) and is_active
     union
     select product.id from family
     join products product on product.shop_id = current_setting('tendero.shop_id')
      and product.source = family.source and product.external_id = family.external_id
     union
     select variation.id from family
     join products variation on variation.shop_id = current_setting('tendero.shop_id')
      and variation.source = family.source and variation.parent_external_id = family.external_id)
    except
    select unnest(:held::bigint[])
)
select id, source, external_id, kind, parent_external_id, is_active, sku_key, currency, price, list_price,
       sale_price, stock_status, stock_quantity, shown_as, price_of, stock_of, other_currency, other_price,
       other_list_price, other_sale_price, other_stock_status, other_stock_quantity, settled_sku, settled_parent
from products
where id = any (array(select id from related));

-- name: concerned
-- Those with one SKU stand together, so that they are settled in one batch.
with shared as (
    select sku_key from products
    where shop_id = current_setting('tendero.shop_id') and sku_key is not null and is_active
    group by sku_key
    having min(source) <> max(source)
)
select id from products
where shop_id = current_setting('tendero.shop_id')
  and (sku_key in (select sku_key from shared) or settled_sku is not null or settled_parent is not null
       or shown_as is not null or other_price is not null or other_stock_status is not null)
order by coalesce(sku_key, settled_sku), id;

-- name: write
update products
set shown_as = stands.shown_as, price_of = stands.price_of, stock_of = stands.stock_of,
    settled_sku = stands.sku, settled_parent = stands.parent,
    other_currency = stands.currency, other_price = stands.price, other_list_price = stands.list_price,
    other_sale_price = stands.sale_price, other_stock_status = stands.status,
    other_stock_quantity = stands.quantity
from unnest(:ids::bigint[], :shown_as::bigint[], :price_of::bigint[], :stock_of::bigint[], :skus::text[],
            :parents::text[], :currency::text[], :price::numeric[], :list_price::numeric[],
            :sale_price::numeric[], :status::text[], :quantity::numeric[])
         as stands(id, shown_as, price_of, stock_of, sku, parent, currency, price, list_price, sale_price,
                   status, quantity)
where products.id = stands.id;

-- name: remember
insert into same_sku_rules (rule) values (:rule)
on conflict (shop_id) do update set rule = excluded.rule, settled_at = now();

-- name: forget
-- With one source there is nothing that a rule was applied to.
delete from same_sku_rules
where shop_id = current_setting('tendero.shop_id')
  and (select min(source) from products where shop_id = current_setting('tendero.shop_id'))
      is not distinct from
      (select max(source) from products where shop_id = current_setting('tendero.shop_id'));
