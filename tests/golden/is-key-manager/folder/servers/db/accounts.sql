CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'root';
ALTER USER 'root'@'%' IDENTIFIED BY 'root';
GRANT ALL PRIVILEGES ON `apimgtdb`.* TO 'root'@'%';
GRANT ALL PRIVILEGES ON `userdb`.* TO 'root'@'%';
GRANT ALL PRIVILEGES ON `regdb`.* TO 'root'@'%';
