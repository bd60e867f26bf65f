import pytest

from lab.products.log_lines import stage_in, trouble_in
from lab.products.log_lines_4x import TROUBLES

# As a console appender of 4.1.0 writes them, and as the product's issues tell them.
LINES = {
    "Duplicate entry": "[2026-11-22 17:00:00,000] ERROR - DefaultRealm org.wso2.carbon.user.core."
    "UserStoreException: Duplicate entry 'PRIMARY--1234' for key 'UM_DOMAIN.UM_DOMAIN_NAME'",
    "no such table": "Caused by: java.sql.SQLSyntaxErrorException: Table "
    "'apim_db.AM_SYSTEM_CONFIGS' doesn't exist",
    "no such database": "Caused by: java.sql.SQLSyntaxErrorException: Unknown database 'apim_db'",
    "refuses its login": "java.sql.SQLException: Access denied for user 'x'@'172.18.0.4' (using",
    "made with another login": "Caused by: org.h2.jdbc.JdbcSQLException: Wrong user name or"
    " password [28000-175]",
    "its registry's database": "[x] ERROR {org.wso2.carbon.registry.core.internal."
    "RegistryCoreServiceComponent} -  Failed to activate Registry Core bundle ",
    "take the server's key": "java.sql.SQLNonTransientConnectionException: Public Key Retrieval is"
    " not allowed",
    "believe the certificate": "javax.net.ssl.SSLHandshakeException: Received fatal alert:"
    " unknown_ca",
    "driver is missing": "java.lang.ClassNotFoundException: com.mysql.jdbc.Driver cannot be found"
    " by jdbc-pool_9.0.58.wso2v1",
    "is no XML": "[x] ERROR - DataSourceServiceComponent Error in intializing system data sources:",
    "has the port": "java.net.BindException: Address already in use (Bind failed)",
    "out of memory": "java.lang.OutOfMemoryError: Java heap space",
    "can't read its deployment.toml": "[x]  SEVERE {org.wso2.carbon.server.Main"
    " handleConfiguration} - Error while performing configuration changes ",
    "refuses an option": "Error: Could not create the Java Virtual Machine.",
    "this JDK": " [ERROR] CARBON is supported only on JDK 1.7, 1.8, 9, 10 and 11",
    "never throttles": "[x] ERROR - PolicyUtil Error in retrieving throttle policies",
    "gave up": "[x] FATAL - CarbonServerManager WSO2 Carbon initialization Failed",
}


@pytest.mark.parametrize("meaning", LINES)
def test_a_line_after_which_a_node_never_serves_is_known(meaning: str):
    known = trouble_in(LINES[meaning])
    assert known is not None
    words = meaning if meaning != "Duplicate entry" else "first rows"
    assert words in known.meaning
    assert "{" not in known.mend.format(node="cp")


def test_every_known_line_has_an_example():
    assert {trouble_in(line) for line in LINES.values()} == set(TROUBLES)


def test_only_the_traffic_manager_s_line_leaves_a_node_that_looks_healthy():
    useless = [known for known in TROUBLES if known.looks_healthy]
    assert useless == [trouble_in(LINES["never throttles"])]


@pytest.mark.parametrize(
    "line",
    [
        "[x] ERROR - DataEndpointConnectionWorker Cannot borrow client for ssl://cp.wso2.com:9711",
        "[x] WARN - JMSListener Please start the JMS provider now.",
        "[x] ERROR - KeyManagerDataServiceImpl feign.RetryableException: Connect to km.wso2.com",
        "Communications link failure",
    ],
)
def test_what_heals_by_itself_ends_no_wait(line: str):
    assert trouble_in(line) is None


def test_a_start_goes_through_its_stages():
    log = [
        "Using Java memory options: -Xms896m -Xmx896m",
        "[x]  INFO - CarbonCoreActivator Starting WSO2 Carbon...",
        "[x]  INFO - RegistryCoreServiceComponent Registry Mode    : READ-WRITE",
        "[x]  INFO - CarbonCoreActivator Java Version     : 11.0.32",
        "[x]  INFO - StartupFinalizerServiceComponent WSO2 Carbon started in 54 sec",
    ]
    stages = ["JVM starts", "Carbon starts", "registry is up", "", "Carbon has started"]
    assert [stage_in(line) for line in log] == stages
