CREATE TABLE scheduled_jobs (name TEXT, job TEXT);
CREATE TABLE sessions (id INTEGER);
