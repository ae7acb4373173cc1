-- name: load
select user_id, name, role, interests, pain_points, lead_score, interaction_count, first_interaction_at,
       last_interaction_at, message_history, additional_data, created_at, updated_at
from user_memory
where user_id = :user_id;

-- name: after
select user_id, name, role, interests, pain_points, lead_score, interaction_count, first_interaction_at,
       last_interaction_at, message_history, additional_data, created_at, updated_at
from user_memory
where user_id > :user_id
order by user_id
limit :most;

-- name: save
-- jsonb goes as text: the driver would send a list as a PostgreSQL array.
insert into user_memory (user_id, name, role, interests, pain_points, lead_score, interaction_count,
                         first_interaction_at, last_interaction_at, message_history, additional_data, created_at,
                         updated_at)
values (:user_id, :name, :role, cast(:interests as text[]), cast(:pain_points as text[]), :lead_score,
        :interaction_count, cast(:first_interaction_at as timestamptz), cast(:last_interaction_at as timestamptz),
        cast(:message_history as text)::jsonb, cast(:additional_data as text)::jsonb, :created_at, :updated_at)
on conflict (shop_id, user_id) do update set
    name = excluded.name,
    role = excluded.role,
    interests = excluded.interests,
    pain_points = excluded.pain_points,
    lead_score = excluded.lead_score,
    interaction_count = excluded.interaction_count,
    first_interaction_at = excluded.first_interaction_at,
    last_interaction_at = excluded.last_interaction_at,
    message_history = excluded.message_history,
    additional_data = excluded.additional_data,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at
where user_memory.updated_at < excluded.updated_at;

-- name: delete
delete from user_memory where user_id = :user_id;
