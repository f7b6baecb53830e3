-- What a visit leaves behind: carts, reservations, payments, orders, and the jobs that fulfil them.

-- Ids that look random, do not repeat within one database, and are the same for the same seed.
CREATE SEQUENCE public_id_seq;
DO $$ BEGIN
  EXECUTE format(
    'CREATE FUNCTION public_id() RETURNS text LANGUAGE sql VOLATILE RETURN left(md5(%L || nextval(''public_id_seq'')), 16)',
    current_setting('shop.seed') || ':'
  );
END $$;

CREATE TABLE carts (
  id text PRIMARY KEY DEFAULT public_id(),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE cart_items (
  cart_id text NOT NULL REFERENCES carts ON DELETE CASCADE,
  product_id integer NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  amount integer NOT NULL,
  currency text NOT NULL,
  PRIMARY KEY (cart_id, product_id)
);

CREATE TABLE reservations (
  id text PRIMARY KEY DEFAULT public_id(),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE reservation_lines (
  reservation_id text NOT NULL REFERENCES reservations ON DELETE CASCADE,
  product_id integer NOT NULL,
  quantity integer NOT NULL,
  PRIMARY KEY (reservation_id, product_id)
);

CREATE TABLE payments (
  id text PRIMARY KEY DEFAULT public_id(),
  brand text NOT NULL,
  amount integer NOT NULL,
  currency text NOT NULL,
  status text NOT NULL,
  authorisation text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
  id text PRIMARY KEY DEFAULT public_id(),
  status text NOT NULL,
  country text NOT NULL,
  plan text NOT NULL,
  tax_amount integer NOT NULL,
  total_amount integer NOT NULL,
  currency text NOT NULL,
  reservation_id text NOT NULL,
  payment_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The queue. `traceparent` carries the trace of whoever enqueued the job.
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  order_id text NOT NULL REFERENCES orders,
  traceparent text,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL DEFAULT now(),
  failed_at timestamptz
);
CREATE INDEX jobs_due_idx ON jobs (run_at, id) WHERE failed_at IS NULL;
