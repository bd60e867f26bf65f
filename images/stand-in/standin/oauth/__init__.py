"""The key manager's web app `/oauth2`: discovery, token, introspection, revocation and keys."""
