create table items (id int primary key, name text not null);
insert into items select n, 'item ' || n || ' of seed ' || current_setting('shop.seed') from generate_series(1, 1000) n;
