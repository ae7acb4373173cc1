-- name: take_over
-- Nothing happens where the assistant was given the conversation back after `at`.
update conversations
set handed_over_at = greatest(handed_over_at, to_timestamp(cast(:at as float8)))
where id = :conversation_id
  and (given_back_at is null or given_back_at <= to_timestamp(cast(:at as float8)));

-- name: give_back
update conversations
set given_back_at = greatest(given_back_at, to_timestamp(cast(:at as float8))),
    handed_over_at = case when handed_over_at >= to_timestamp(cast(:at as float8)) then handed_over_at end
where id = :conversation_id;

-- name: hand_over
-- Once all calls of the reply are made that do it.
update conversations
set handed_over_at = coalesce(handed_over_at, clock_timestamp())
where id = :conversation_id
  and not exists (
      select from outbox
      where message_id = :message_id and handoff and state not in ('sent', 'cancelled')
  );

-- name: silence
-- A handoff under way goes on: the person wants its summary.
with silenced as (
    update inbox set state = 'silenced' where conversation_id = :conversation_id and state = 'waiting'
)
update outbox set state = 'cancelled'
where conversation_id = :conversation_id and state = 'waiting' and not handoff;

-- name: cancel
update outbox set state = 'cancelled'
where conversation_id = :conversation_id and state = 'waiting' and not handoff;
