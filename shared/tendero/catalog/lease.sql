-- name: take
select pg_try_advisory_lock(hashtext('tendero.sync.' || :source),
                            hashtext(current_setting('tendero.shop_id'))) as taken;

-- name: release
-- At once: the end of the connection reaches PostgreSQL a little later.
select pg_advisory_unlock(hashtext('tendero.sync.' || :source), hashtext(current_setting('tendero.shop_id')));
