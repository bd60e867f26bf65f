"""The user stores that the 4.x line knows: `validator.json` of 4.1.0, 4.3.0 and 4.5.0."""

USER_STORE_TYPES = frozenset(
    f"{kind}{ids}"
    for kind in ("database", "read_only_ldap", "read_write_ldap", "active_directory")
    for ids in ("", "_unique_id")
)
