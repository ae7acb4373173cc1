-- name: recent
-- The newest messages of a conversation, newest first; one row without a message when it has none.
select conversation.language, conversation.failed_turns, message.role, message.content, message.product_ids
from conversations conversation
left join lateral (
    select id, role, content, product_ids
    from messages
    where conversation_id = conversation.id
    order by id desc
    limit :most
) message on true
where conversation.channel = :channel and conversation.external_id = :external_id
order by message.id desc;

-- name: touch
-- The conversation's id, made on first contact. Its language follows what the customer writes now.
insert into conversations as c (channel, external_id, language, failed_turns)
values (:channel, :external_id, :language, cast(:failed as boolean)::int)
on conflict (shop_id, channel, external_id) do update
set language = excluded.language, last_message_at = now(),
    failed_turns = case when excluded.failed_turns = 0 then 0 else c.failed_turns + 1 end
returning id;

-- name: append
insert into messages (conversation_id, role, content, product_ids)
values (:conversation_id, :role, :content, :product_ids)
returning id;
