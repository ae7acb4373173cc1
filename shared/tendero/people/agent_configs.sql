-- name: all
select channel, inbox, config
from agent_configs
order by channel, inbox;

-- name: set
-- jsonb goes as text: the driver would send a list as a PostgreSQL array.
insert into agent_configs (channel, inbox, config)
values (:channel, :inbox, cast(:config as text)::jsonb)
on conflict (shop_id, channel, inbox) do update set
    config = agent_configs.config || excluded.config,
    updated_at = now();

-- name: unset
update agent_configs
set config = config - cast(:names as text[]), updated_at = now()
where channel = :channel and inbox = :inbox;

-- name: remove
delete from agent_configs where channel = :channel and inbox = :inbox;

-- name: remove_empty
delete from agent_configs where channel = :channel and inbox = :inbox and config = '{}';
