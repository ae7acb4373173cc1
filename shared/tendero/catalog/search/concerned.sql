-- name: concerned
-- The products themselves, and the parents of variations.
select id from products where id = any(:ids) and kind <> 'variation'
union
select parent.id
from products variation
join products parent
  on parent.shop_id = variation.shop_id
 and parent.source = variation.source
 and parent.external_id = variation.parent_external_id
where variation.id = any(:ids) and variation.kind = 'variation';
