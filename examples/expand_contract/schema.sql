CREATE TABLE users (id INTEGER, full_name TEXT);
