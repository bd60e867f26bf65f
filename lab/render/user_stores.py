"""The user store that API Manager and its key manager share: the key manager's embedded LDAP."""

from lab.render.xml_tree import Element, properties

_CLASS = "org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager"
_NAME = r"[a-zA-Z0-9._-|//]{3,30}$"

# The document's properties in its order, its typographic characters written plainly.
_PROPERTIES = {
    "AnonymousBind": "false",
    "UserSearchBase": "ou=Users,dc=wso2,dc=org",
    "UserEntryObjectClass": "identityPerson",
    "UserNameAttribute": "uid",
    "UserNameSearchFilter": "(&(objectClass=person)(uid=?))",
    "UserNameListFilter": "(objectClass=person)",
    "DisplayNameAttribute": "",
    "ReadGroups": "true",
    "WriteGroups": "true",
    "GroupSearchBase": "ou=Groups,dc=wso2,dc=org",
    "GroupEntryObjectClass": "groupOfNames",
    "GroupNameAttribute": "cn",
    "GroupNameSearchFilter": "(&(objectClass=groupOfNames)(cn=?))",
    "GroupNameListFilter": "(objectClass=groupOfNames)",
    "MembershipAttribute": "member",
    "BackLinksEnabled": "false",
    "UsernameJavaRegEx": _NAME,
    "UsernameJavaScriptRegEx": r"^[\S]{3,30}$",
    "UsernameJavaRegExViolationErrorMsg": "Username pattern policy violated",
    "PasswordJavaRegEx": r"^[\S]{5,30}$",
    "PasswordJavaScriptRegEx": r"^[\S]{5,30}$",
    "PasswordJavaRegExViolationErrorMsg": "Password length should be within 5 to 30 characters",
    "RolenameJavaRegEx": _NAME,
    "RolenameJavaScriptRegEx": r"^[\S]{3,30}$",
    "SCIMEnabled": "true",
    "IsBulkImportSupported": "false",
    "EmptyRolesAllowed": "true",
    "PasswordHashMethod": "PLAIN_TEXT",
    "MultiAttributeSeparator": ",",
    "MaxUserNameListLength": "100",
    "MaxRoleNameListLength": "100",
    "kdcEnabled": "false",
    "defaultRealmName": "WSO2.ORG",
    "UserRolesCacheEnabled": "true",
    "ConnectionPoolingEnabled": "false",
    "LDAPConnectionTimeout": "5000",
    "ReadTimeout": "",
    "RetryAttempts": "",
}


def directory(url: str) -> Element:
    """Give the `<UserStoreManager>` of an LDAP server at *url*."""
    values = {
        "TenantManager": "org.wso2.carbon.user.core.tenant.CommonHybridLDAPTenantManager",
        "ConnectionURL": url,
        "ConnectionName": "uid=admin,ou=system",
        "ConnectionPassword": "admin",
        **_PROPERTIES,
    }
    return properties("UserStoreManager", values, **{"class": _CLASS})
