-- What the database shall look like. Edit it, then run `autogen revision -m "what changes"`.

CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email varchar(320) NOT NULL UNIQUE,
    created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE products (
    id integer PRIMARY KEY,
    title text NOT NULL,
    price_cents integer NOT NULL CONSTRAINT price_not_negative CHECK (price_cents >= 0),
    in_stock integer NOT NULL DEFAULT 0
);

CREATE TABLE orders (
    id integer PRIMARY KEY AUTOINCREMENT,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
    status varchar(20) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'sent', 'done')),
    ordered_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    price_cents integer NOT NULL,
    PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;

CREATE INDEX ix_orders_open ON orders (customer_id, ordered_at DESC) WHERE status <> 'done';

CREATE VIEW order_totals AS
SELECT o.id, o.customer_id, o.status, sum(l.quantity * l.price_cents) AS total_cents
FROM orders AS o
JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id;

CREATE TRIGGER order_lines_take_stock AFTER INSERT ON order_lines
BEGIN
    UPDATE products SET in_stock = in_stock - NEW.quantity WHERE id = NEW.product_id;
END;
