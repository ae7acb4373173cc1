-- name: asked
-- What customers wrote, and in how many conversations, the most common first.
select content, count(distinct conversation_id) as conversations
from messages
where role = 'customer'
group by content
order by conversations desc, min(id)
limit :most;

-- name: shown
-- What a search can give; variations come with their products.
select id from products where is_active and shown_as is null and kind <> 'variation' order by id;
