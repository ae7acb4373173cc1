-- name: catalogue
-- What a customer can find, and how long ago a sync last succeeded; null when none ever did.
select (select count(*) from products where is_active and shown_as is null and kind <> 'variation') as products,
       (select extract(epoch from now() - max(last_success_at))::bigint from sync_state) as age;
