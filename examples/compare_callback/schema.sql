CREATE TABLE orders (id INTEGER, total BIGINT);
