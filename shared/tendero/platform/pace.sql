-- name: book
-- Generic cell rate algorithm: `free_at` is when all turns given so far are used up at the even pace, and a
-- turn may be had `burst` seconds ahead of that. Callers at the same time wait for each other's row lock, and
-- then see what the other has booked.
with booked as (
    insert into paces as p (service, free_at)
    values (:service, clock_timestamp() + make_interval(secs => cast(:turn as float8)))
    on conflict (shop_id, service) do update
    set free_at = greatest(p.free_at, clock_timestamp()) + make_interval(secs => cast(:turn as float8))
    where p.free_at <= clock_timestamp() + make_interval(secs => cast(:burst as float8) + cast(:patience as float8))
    returning extract(epoch from free_at - clock_timestamp())::float8 - cast(:turn as float8) as ahead
)
select true as booked, ahead - cast(:burst as float8) as wait from booked
union all
select false, extract(epoch from free_at - clock_timestamp())::float8 - cast(:burst as float8)
from paces where service = :service and not exists (select from booked);
