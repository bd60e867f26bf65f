"""The embedded LDAP server of a key manager, and the user store of whoever points to one."""
