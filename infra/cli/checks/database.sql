-- name: server
select current_setting('server_version') as version,
       (select extversion from pg_extension where extname = 'vector') as vector;

-- name: products
select source, count(*) filter (where kind <> 'variation') as products,
       count(*) filter (where kind = 'variation') as variations
from products where is_active group by source order by source;

-- name: last_runs
-- Each source's last success, and how its newest run that is over ended; also of one that never succeeded.
select source, state.last_success_at, extract(epoch from now() - state.last_success_at) / 60 as minutes,
       run.status, run.errors
from sync_state state
full join (
    select distinct on (source) source, status, errors
    from sync_runs
    where status <> 'running'
    order by source, started_at desc
) run using (source)
order by source;
