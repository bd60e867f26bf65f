CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'root';
ALTER USER 'root'@'%' IDENTIFIED BY 'root';
GRANT ALL PRIVILEGES ON `apim\_db`.* TO 'root'@'%';
GRANT ALL PRIVILEGES ON `shared\_db`.* TO 'root'@'%';
