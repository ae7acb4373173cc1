-- name: on_sale
select source, count(*) as products from products where is_active group by source order by source;

-- name: forget
delete from sync_state where source = :source;
