-- Filters read these indexes alone, not the table. Both ends of a product's price are one where it has no variations:
-- a price between two limits is then one short range, where an index over both ends was read from the cheapest on.
drop index search_offers_low, search_offers_high;
create index search_offers_single on search_offers (shop_id, price_low) include (product_id, in_stock, on_sale)
    where not varied;
create index search_offers_varied on search_offers (shop_id, price_low, price_high)
    include (product_id, in_stock, on_sale) where varied;
create index search_variants_price on search_variants (shop_id, price) include (product_id, in_stock, on_sale);

-- For questions that name nothing but filters: in the order of their answers, so that the first few are enough.
create index search_offers_shown
    on search_offers (shop_id, in_stock desc, on_sale desc, price_low, product_id) include (price_high, varied);

-- Whether a product has a value is read from the index alone too.
drop index search_facets_product;
create index search_facets_product on search_facets (product_id, value_id) include (shop_id);
