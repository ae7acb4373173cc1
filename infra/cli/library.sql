-- name: any_product
select 1 as found from products where is_active limit 1;

-- name: revision
select version_num as revision from alembic_version;
