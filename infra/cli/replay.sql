-- name: stored
select id, channel, provider_id, event::text as event, state, arrived_at
from inbox
where provider_id = :message or id::text = :message
order by id desc
limit 1;
