-- name: snapshot
-- The four tables are read one after the other, as they were at one moment.
set transaction isolation level repeatable read, read only;

-- name: clock
select now() as now;

-- name: columns
-- Lists only what the user may read. Of two spellings of a name the one in small letters comes first.
select held.table_schema, held.table_name, held.column_name
from information_schema.columns held
where held.table_schema = any(current_schemas(false)) and lower(held.table_name) = any(:tables)
order by array_position(current_schemas(false), held.table_schema::name),
         held.table_name <> lower(held.table_name), held.table_name, held.ordinal_position;
