"""Homes of API Manager 2.1 and of its key manager, as their own XML files, and nodes on them."""

from collections.abc import Callable
from pathlib import Path

import pytest

CARBON = """<Server xmlns="http://wso2.org/projects/carbon/carbon.xml">
<HostName>localhost</HostName>
<Ports><Offset>{offset}</Offset>
<EmbeddedLDAP><LDAPServerPort>10389</LDAPServerPort></EmbeddedLDAP></Ports>
<Security>
<KeyStore><Location>${{carbon.home}}/repository/resources/security/wso2carbon.jks</Location>
<Type>JKS</Type><Password>wso2carbon</Password><KeyAlias>wso2carbon</KeyAlias>
<KeyPassword>wso2carbon</KeyPassword></KeyStore>
<TrustStore>
<Location>${{carbon.home}}/repository/resources/security/client-truststore.jks</Location>
<Type>JKS</Type><Password>wso2carbon</Password></TrustStore>
</Security></Server>"""

API_MANAGER = """<APIManager>
<DataSourceName>jdbc/WSO2AM_DB</DataSourceName>
<AuthManager><ServerURL>https://localhost:{km_port}/services/</ServerURL>
<Username>${{admin.username}}</Username><Password>${{admin.password}}</Password></AuthManager>
<APIKeyValidator><ServerURL>https://localhost:{km_port}/services/</ServerURL>
<Username>${{admin.username}}</Username><Password>{validator_password}</Password>
<KeyValidatorClientType>{client}</KeyValidatorClientType>
<EnableThriftServer>{thrift}</EnableThriftServer>
<ThriftServerHost>{thrift_host}</ThriftServerHost>
{thrift_client_port}</APIKeyValidator>
<OAuthConfigurations>
<RevokeAPIURL>https://localhost:${{https.nio.port}}/revoke</RevokeAPIURL></OAuthConfigurations>
<ThrottlingConfigurations>
<DataPublisher><Enabled>{publishes}</Enabled>
<ReceiverUrlGroup>tcp://${{carbon.local.ip}}:${{receiver.url.port}}</ReceiverUrlGroup>
<AuthUrlGroup>ssl://${{carbon.local.ip}}:${{auth.url.port}}</AuthUrlGroup>
<Username>${{admin.username}}</Username><Password>${{admin.password}}</Password></DataPublisher>
<JMSConnectionDetails><Enabled>{publishes}</Enabled>
<ServiceURL>tcp://${{carbon.local.ip}}:${{jms.port}}</ServiceURL>
<Username>${{admin.username}}</Username><Password>${{admin.password}}</Password>
</JMSConnectionDetails></ThrottlingConfigurations></APIManager>"""

USERS = """<UserManager><Realm><Configuration><AddAdmin>true</AddAdmin><AdminRole>admin</AdminRole>
<AdminUser><UserName>admin</UserName><Password>{password}</Password></AdminUser>
<Property name="dataSource">jdbc/WSO2UM_DB</Property></Configuration>
<!-- <UserStoreManager class="org.wso2.carbon.user.core.jdbc.JDBCUserStoreManager"/> -->
<UserStoreManager class="org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager">
<Property name="ConnectionURL">{ldap}</Property>
<Property name="ConnectionName">uid=admin,ou=system</Property>
<Property name="ConnectionPassword">{ldap_password}</Property>
<Property name="UserSearchBase">ou=Users,dc=wso2,dc=org</Property>
<Property name="UserNameAttribute">uid</Property>
<Property name="UserNameSearchFilter">(&amp;(objectClass=person)(uid=?))</Property>
<Property name="LDAPConnectionTimeout">5000</Property>
</UserStoreManager></Realm></UserManager>"""

REGISTRY = """<wso2registry><currentDBConfig>wso2registry</currentDBConfig>
<dbConfig name="wso2registry"><dataSource>jdbc/WSO2CarbonDB</dataSource></dbConfig>
<dbConfig name="govregistry"><dataSource>jdbc/WSO2REG_DB</dataSource></dbConfig>
<remoteInstance url="https://localhost:9443/registry"><id>gov</id>
<dbConfig>govregistry</dbConfig></remoteInstance></wso2registry>"""

LDAP = """<EmbeddedLDAPConfig><EmbeddedLDAP><Property name="enable">true</Property>
<Property name="port">${Ports.EmbeddedLDAP.LDAPServerPort}</Property>
<Property name="connectionPassword">admin</Property></EmbeddedLDAP>
<DefaultPartition><Property name="realm">wso2.org</Property></DefaultPartition>
</EmbeddedLDAPConfig>"""

DATASOURCE = """<datasource><name>{name}</name><jndiConfig><name>jdbc/{name}</name></jndiConfig>
<definition type="RDBMS"><configuration><url>{url}</url>
<username>root</username><password>root</password></configuration></definition></datasource>"""

H2 = "jdbc:h2:repository/database/{name};DB_CLOSE_ON_EXIT=FALSE"


def _datasources(url: str) -> str:
    databases = {"WSO2AM_DB": "apimgtdb", "WSO2UM_DB": "userdb", "WSO2REG_DB": "regdb"}
    found = [
        DATASOURCE.format(name=name, url=url.format(name=schema))
        for name, schema in databases.items()
    ]
    found.append(DATASOURCE.format(name="WSO2CarbonDB", url=H2.format(name="local")))
    inner = "".join(found)
    return (
        f"<datasources-configuration><datasources>{inner}</datasources></datasources-configuration>"
    )


@pytest.fixture(scope="module")
def make_home(tmp_path_factory, security) -> Callable[..., Path]:
    """Write the files of a node of a role; its options are what the templates above leave open."""

    def make(role: str, offset: int, *, url: str = H2, **given: str | int) -> Path:
        own = f"ldap://localhost:{10389 + offset}"
        values = {
            "km_port": 9443 + offset,
            "validator_password": "${admin.password}",
            "client": "WSClient",
            "thrift": "false",
            "thrift_host": "localhost",
            "thrift_client_port": "<!-- <ThriftClientPort>10397</ThriftClientPort> -->",
            "publishes": "false",
            "password": "admin",
            "ldap": own,
            "ldap_password": "admin",
            **given,
        }
        home = tmp_path_factory.mktemp(role) / "home"
        files = {
            "carbon.xml": CARBON.format(offset=offset),
            "api-manager.xml": API_MANAGER.format(**values),
            "user-mgt.xml": USERS.format(**values),
            "registry.xml": REGISTRY,
            "datasources/master-datasources.xml": _datasources(url),
        }
        if role == "key-manager":
            files["identity/embedded-ldap.xml"] = LDAP
        for name, text in files.items():
            path = home / "repository/conf" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (home / "repository/resources").mkdir(parents=True)
        (home / "repository/resources/security").symlink_to(security.folder)
        return home

    return make


@pytest.fixture(scope="module")
def start_classic(make_home, run_home, chosen_offset) -> Callable[..., object]:
    """Start a node of the 2.x line; see `make_home` for its options."""

    def start_node(
        role: str, *, offset: int | None = None, ready: bool = True, **given: str | int
    ) -> object:
        chosen = chosen_offset() if offset is None else offset
        return run_home(make_home(role, chosen, **given), role, chosen, ready=ready)

    return start_node
