-- What is known of a customer across conversations; the fields are those of tendero.people.memory.UserMemory.
create table user_memory (
    shop_id text not null default current_setting('tendero.shop_id'),
    user_id text collate "C" not null check (user_id <> ''),
    name text not null default '',
    role text not null default '',
    interests text[] not null default '{}',
    pain_points text[] not null default '{}',
    lead_score integer not null default 0 check (lead_score between 0 and 100),
    interaction_count integer not null default 0 check (interaction_count >= 0),
    first_interaction_at timestamptz,
    last_interaction_at timestamptz,
    message_history jsonb not null default '[]',
    additional_data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (shop_id, user_id)
);
