-- An idempotency key belongs to the first order that came with it, for ever. Orders without one do not collide: NULLs differ.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    idempotency_key text UNIQUE,
    created_at timestamptz NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    address1 text NOT NULL,
    address2 text NOT NULL,
    city text NOT NULL,
    zip_code text NOT NULL,
    state text NOT NULL
);

CREATE TABLE order_items (
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line integer NOT NULL,
    product_id text NOT NULL,
    quantity integer NOT NULL,
    unit_cost bigint NOT NULL,
    total_cost bigint NOT NULL,
    PRIMARY KEY (order_id, line)
);

-- Events wait here until a broker has confirmed them. Their ids grow with time, so the oldest goes first.
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    body text NOT NULL,
    trace text NOT NULL
);
