-- Two sources of a shop may sell the same thing, which shows in its SKU. Each keeps its row, with what it says;
-- these columns hold how the rows go together.
drop index products_sku;

alter table products
    -- The SKU as it is compared. A column, because row-level security keeps `lower(sku)` out of index scans.
    add column sku_key text generated always as (nullif(lower(btrim(sku)), '')) stored,
    -- The row under which customers see this one; null: itself.
    add column shown_as bigint,
    -- Which rows the price and the stock below come from; null where they are this row's own or, for a product
    -- with variations, those of its variations together.
    add column price_of bigint,
    add column stock_of bigint,
    -- What counts instead of this row's own price and stock. All null: its own count.
    add column other_currency text,
    add column other_price numeric(14, 4),
    add column other_list_price numeric(14, 4),
    add column other_sale_price numeric(14, 4),
    add column other_stock_status text
        check (other_stock_status in ('instock', 'outofstock', 'onbackorder')),
    add column other_stock_quantity numeric(14, 3),
    -- The SKU and the product that this row was settled with: when it gets others, those it leaves are settled too.
    add column settled_sku text,
    add column settled_parent text,
    -- What customers are told.
    add column shown_currency text generated always as
        (case when other_price is null then currency else other_currency end) stored,
    add column shown_price numeric(14, 4) generated always as (coalesce(other_price, price)) stored,
    add column shown_list_price numeric(14, 4) generated always as
        (case when other_price is null then list_price else other_list_price end) stored,
    add column shown_sale_price numeric(14, 4) generated always as
        (case when other_price is null then sale_price else other_sale_price end) stored,
    add column shown_stock_status text not null generated always as
        (coalesce(other_stock_status, stock_status)) stored,
    add column shown_stock_quantity numeric(14, 3) generated always as
        (case when other_stock_status is null then stock_quantity else other_stock_quantity end) stored;

create index products_sku on products (shop_id, sku_key) where sku_key is not null;

-- Which rule of the settings the rows of a shop were settled by.
create table same_sku_rules (
    shop_id text primary key default current_setting('tendero.shop_id'),
    rule text not null,
    settled_at timestamptz not null default now()
);
