-- name: enter
-- The conversation, made on first contact and locked, and its lease where that is free.
insert into conversations as c (channel, external_id, inbox, address, lease_holder, lease_until)
values (:channel, :external_id, :inbox, cast(:address as text)::jsonb, cast(:holder as uuid),
        statement_timestamp() + make_interval(secs => cast(:seconds as float8)))
on conflict (shop_id, channel, external_id) do update
set inbox = case when excluded.address = '{}' then c.inbox else excluded.inbox end,
    address = case when excluded.address = '{}' then c.address else excluded.address end,
    lease_holder = case when c.lease_until > statement_timestamp() then c.lease_holder else excluded.lease_holder end,
    lease_until = case when c.lease_until > statement_timestamp() then c.lease_until else excluded.lease_until end
returning id, handed_over_at is not null as handed_over,
    coalesce(lease_holder = cast(:holder as uuid), false) as leased,
    coalesce(extract(epoch from lease_until - clock_timestamp()), 0)::float8 as lease_seconds;

-- name: add
insert into inbox (conversation_id, channel, provider_id, event, said_at, state)
values (:conversation_id, :channel, :provider_id, cast(:event as text)::jsonb,
        to_timestamp(cast(:said_at as float8)), :state)
on conflict (shop_id, channel, provider_id) do nothing
returning id;

-- name: waiting
-- With the seconds until the customer has been quiet for long enough, or has kept us waiting for too long.
select id, event,
    extract(epoch from least(
        max(arrived_at) over () + make_interval(secs => cast(:quiet as float8)),
        min(arrived_at) over () + make_interval(secs => cast(:longest as float8))
    ) - clock_timestamp())::float8 as quiet_in
from inbox
where conversation_id = :conversation_id and state = 'waiting'
order by said_at, id;

-- name: answered
update inbox set state = 'answered', message_id = :message_id
where id = any(cast(:ids as bigint[])) and state = 'waiting';

-- name: silence
update inbox set state = 'silenced' where id = any(cast(:ids as bigint[])) and state = 'waiting';

-- name: give_up
update inbox set state = 'silenced'
where channel = :channel and provider_id = :provider_id and state = 'waiting';
