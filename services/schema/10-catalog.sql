-- The catalogue: 300 000 products of 60 categories with prices, stock and reviews.
-- The same for the same `shop.seed`: a row's choices are the digits, in mixed radix, of one hash of its number and the seed.

CREATE TABLE categories (
  id smallint PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  product_count integer NOT NULL DEFAULT 0
);

-- Collation "C" lets one index serve both LIKE 'prefix%' and the order of the names.
CREATE TABLE products (
  id integer NOT NULL,
  category_id smallint NOT NULL,
  name text NOT NULL,
  search_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED
);
CREATE TABLE prices (product_id integer NOT NULL, amount integer NOT NULL, currency text NOT NULL);
CREATE TABLE stock (product_id integer NOT NULL, available integer NOT NULL CHECK (available >= 0)) WITH (fillfactor = 80);
CREATE TABLE reviews (id integer NOT NULL, product_id integer NOT NULL, rating smallint NOT NULL, text text NOT NULL);

CREATE TEMPORARY TABLE nouns AS
SELECT n - 1 AS id, singular, plural FROM unnest(
  '{Armchair,Backpack,Basket,Bath Mat,Bed Frame,Bench,Blanket,Bookcase,Bottle,Bowl,Bread Bin,Bucket,Cabinet,Candle Holder,Carafe,Chair,Chopping Board,Clock,Coat Rack,Coffee Table,Colander,Cup,Curtain,Cushion,Desk,Desk Lamp,Dish Rack,Door Mat,Drawer Unit,Duvet Cover,Floor Lamp,Flower Pot,Fruit Bowl,Hammock,Jug,Kettle,Knife Block,Ladder,Laundry Basket,Letter Box,Magazine Rack,Mirror,Mixing Bowl,Mug,Napkin Ring,Pan,Picture Frame,Pillow,Plate,Rug,Salad Bowl,Shelf,Sideboard,Sofa,Stool,Tablecloth,Teapot,Towel,Tray,Vase}'::text[],
  '{Armchairs,Backpacks,Baskets,Bath Mats,Bed Frames,Benches,Blankets,Bookcases,Bottles,Bowls,Bread Bins,Buckets,Cabinets,Candle Holders,Carafes,Chairs,Chopping Boards,Clocks,Coat Racks,Coffee Tables,Colanders,Cups,Curtains,Cushions,Desks,Desk Lamps,Dish Racks,Door Mats,Drawer Units,Duvet Covers,Floor Lamps,Flower Pots,Fruit Bowls,Hammocks,Jugs,Kettles,Knife Blocks,Ladders,Laundry Baskets,Letter Boxes,Magazine Racks,Mirrors,Mixing Bowls,Mugs,Napkin Rings,Pans,Picture Frames,Pillows,Plates,Rugs,Salad Bowls,Shelves,Sideboards,Sofas,Stools,Tablecloths,Teapots,Towels,Trays,Vases}'::text[]
) WITH ORDINALITY AS words (singular, plural, n);
CREATE TEMPORARY TABLE materials AS
SELECT n - 1 AS id, word FROM unnest('{Aluminium,Ash,Bamboo,Beech,Brass,Canvas,Ceramic,Copper,Cork,Cotton,Enamel,Felt,Glass,Jute,Leather,Linen,Marble,Oak,Pine,Rattan,Steel,Stone,Walnut,Wool}'::text[]) WITH ORDINALITY AS words (word, n);
-- A third of the names begin with their material.
CREATE TEMPORARY TABLE adjectives AS
SELECT n - 1 AS id, word || ' ' AS word FROM unnest('{Angular,Antique,Braided,Classic,Compact,Curved,Elegant,Folding,Garden,Handmade,Industrial,Large,Light,Minimal,Modern,Narrow,Nordic,Plain,Polished,Rustic,Round,Simple,Small,Tall}'::text[]) WITH ORDINALITY AS words (word, n)
UNION ALL SELECT n, '' FROM generate_series(24, 35) n;
CREATE TEMPORARY TABLE openings AS
SELECT n - 1 AS id, word FROM unnest('{"Arrived quickly.","A present for my sister.","Bought it twice by now.","Bigger than I thought.","Looks just like the picture.","Had it for three months.","My second one from this shop.","Was looking for one for a long time."}'::text[]) WITH ORDINALITY AS words (word, n);
CREATE TEMPORARY TABLE endings AS
SELECT n - 1 AS id, rating, word FROM unnest(
  '{1,2,3,3,4,4,4,5,5,5}'::smallint[],
  '{"Broke after a week.","Not what I expected.","It does what it should.","Fair for the price.","Would buy it again.","Well made.","Everybody asks where it is from.","I could not be happier with it.","Even better than the one before.","Just right."}'::text[]
) WITH ORDINALITY AS words (rating, word, n);
CREATE TEMPORARY TABLE hashes AS
SELECT n AS id, hashint8extended(n, current_setting('shop.seed')::bigint) & 9223372036854775807 AS hash
FROM generate_series(1, 300000) n;
-- So that the words are looked up by hash instead of sorting 300 000 rows.
ANALYZE nouns, materials, adjectives, openings, endings;

INSERT INTO categories (id, slug, name) SELECT 1 + id, replace(lower(plural), ' ', '-'), plural FROM nouns;

INSERT INTO products
SELECT hashes.id, 1 + nouns.id, adjectives.word || materials.word || ' ' || singular || ' ' || 100 + hash / 51840 % 900
FROM hashes
JOIN nouns ON nouns.id = hash % 60
JOIN adjectives ON adjectives.id = hash / 60 % 36
JOIN materials ON materials.id = hash / 2160 % 24;

INSERT INTO prices SELECT id, 495 + 100 * (hash / 46656000 % 240), 'EUR' FROM hashes;
INSERT INTO stock SELECT id, 200 + hash / 11197440000 % 800 FROM hashes;

INSERT INTO reviews
SELECT hashes.id, 1 + hash % 300000, rating, openings.word || ' ' || endings.word
FROM hashes
JOIN openings ON openings.id = hash / 300000 % 8
JOIN endings ON endings.id = hash / 2400000 % 10;

UPDATE categories SET product_count = counted.products
FROM (SELECT category_id, count(*) AS products FROM products GROUP BY category_id) counted
WHERE counted.category_id = categories.id;

DROP TABLE nouns, materials, adjectives, openings, endings, hashes;

ALTER TABLE products ADD PRIMARY KEY (id);
ALTER TABLE prices ADD PRIMARY KEY (product_id);
ALTER TABLE stock ADD PRIMARY KEY (product_id);
CREATE INDEX products_category_idx ON products (category_id, id);
CREATE INDEX products_name_prefix_idx ON products (search_name, id);
CREATE INDEX reviews_product_idx ON reviews (product_id, id);
