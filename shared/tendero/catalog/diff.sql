-- name: changes
-- Each staged row is read as a row of products: its numbers then have that table's digits, as in the upsert,
-- and what is not staged is the same on both sides. last_update alone is no change there either.
with compared as (
    select staged.external_id, staged.name, staged.is_active, held.id is null as is_new,
           held.is_active as was_active, to_jsonb(held) as before,
           to_jsonb(jsonb_populate_record(held, to_jsonb(staged) - 'last_update')) as after
    from staged_products staged
    left join products held
      on held.shop_id = current_setting('tendero.shop_id')
     and held.source = :source
     and held.external_id = staged.external_id
), judged as (
    select compared.*, fields.differing
    from compared
    cross join lateral (
        select coalesce(jsonb_object_agg(key, case key
                   -- The shop's cost never leaves the database.
                   when 'standard_price' then '["(hidden)", "(hidden)"]'
                   else jsonb_build_array(before -> key, value)
               end), '{}') as differing
        from jsonb_each(after)
        where not is_new and value is distinct from before -> key
    ) fields
)
select external_id, name,
       case when is_new then 'new' when was_active and not is_active then 'gone' else 'changed' end as change,
       differing as fields
from judged
where is_new or differing <> '{}'
order by length(external_id), external_id
limit :most;

-- name: gone
select external_id, name, 'gone' as change, '{}'::jsonb as fields
from products
where id = any(:ids)
order by length(external_id), external_id
limit :most;
