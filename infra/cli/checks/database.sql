-- name: server
select current_setting('server_version') as version,
       (select extversion from pg_extension where extname = 'vector') as vector;

-- name: products
select source, count(*) filter (where kind <> 'variation') as products,
       count(*) filter (where kind = 'variation') as variations
from products where is_active group by source order by source;

-- name: last_sync
select source, last_success_at, extract(epoch from now() - last_success_at) / 60 as minutes
from sync_state order by last_success_at desc nulls last limit 1;

-- name: last_run
select status, errors from sync_runs order by started_at desc limit 1;
