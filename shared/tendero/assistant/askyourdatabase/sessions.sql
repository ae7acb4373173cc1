-- name: live
select token
from ayd_sessions
where contact = :contact and bot_id = :bot_id and expires_at > now();

-- name: claim
-- Whoever's row this becomes opens the session; all others wait for its token.
insert into ayd_sessions (contact, bot_id, token, expires_at)
values (:contact, :bot_id, :claim, now() + make_interval(secs => cast(:seconds as double precision)))
on conflict (shop_id, contact, bot_id) do update set
    token = excluded.token,
    expires_at = excluded.expires_at,
    created_at = now()
where ayd_sessions.expires_at <= now();

-- name: keep
update ayd_sessions
set token = :token, expires_at = now() + make_interval(secs => cast(:seconds as double precision)), created_at = now()
where contact = :contact and bot_id = :bot_id and token = :claim;

-- name: drop
-- Only the one that was found wanting: another worker may have renewed it since.
delete from ayd_sessions where contact = :contact and bot_id = :bot_id and token = :token;

-- name: remove_expired
-- Those that somebody claims at this moment are left to them.
delete from ayd_sessions
where (contact, bot_id) in (
    select contact, bot_id
    from ayd_sessions
    where expires_at <= now()
    limit :most
    for update skip locked
);
