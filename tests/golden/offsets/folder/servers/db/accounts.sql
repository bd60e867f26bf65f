CREATE USER IF NOT EXISTS 'apim'@'%' IDENTIFIED BY 'it''s \\ 100%';
ALTER USER 'apim'@'%' IDENTIFIED BY 'it''s \\ 100%';
GRANT ALL PRIVILEGES ON `apim\_db`.* TO 'apim'@'%';
GRANT ALL PRIVILEGES ON `shared\_db`.* TO 'apim'@'%';
