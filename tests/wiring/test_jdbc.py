"""JDBC URLs in the forms of the drivers' own documents."""

import pytest

from lab.wiring.jdbc import is_embedded, is_no_jdbc_url, jdbc_parameters, parse_jdbc


@pytest.mark.parametrize(
    ("text", "servers", "database"),
    [
        ("jdbc:mysql://db:3307/x?y=z", (("db", 3307),), "x"),
        ("jdbc:mysql://db/x", (("db", 3306),), "x"),
        ("jdbc:mysql:///x", (("localhost", 3306),), "x"),
        ("jdbc:mysql://db:3306", (("db", 3306),), ""),
        ("jdbc:mysql://[::1]:3307/x", (("::1", 3307),), "x"),
        ("jdbc:mysql:loadbalance://a:1,b:2/x", (("a", 1), ("b", 2)), "x"),
        ("jdbc:mysql:replication://a,b:2/x", (("a", 3306), ("b", 2)), "x"),
        ("jdbc:mysql://address=(host=a)(port=3307)/x", (("a", 3307),), "x"),
        ("jdbc:mysql://(host=a,port=1,user=me),(host=b)/x", (("a", 1), ("b", 3306)), "x"),
        ("jdbc:mariadb://db/x", (("db", 3306),), "x"),
        ("jdbc:postgresql://pg/x", (("pg", 5432),), "x"),
        ("jdbc:sqlserver://ms;databaseName=x;encrypt=false", (("ms", 1433),), "x"),
        (r"jdbc:sqlserver://ms\express:1444;databaseName=x", (("ms", 1444),), "x"),
        (
            "jdbc:db2://ibm:50001/x:a=true;",
            (("ibm", 50001),),
            "x",
        ),
        ("jdbc:oracle:thin:@ora:1522/sid", (("ora", 1522),), "sid"),
        ("jdbc:oracle:thin:@//ora:1522/sid", (("ora", 1522),), "sid"),
        ("jdbc:oracle:thin:@tcps://ora:2484/sid", (("ora", 2484),), "sid"),
        ("jdbc:oracle:thin:scott/tiger@tcp://a:1522,b/sid", (("a", 1522), ("b", 1521)), "sid"),
        ("jdbc:oracle:thin:@ora:1522:sid", (("ora", 1522),), "sid"),
        ("jdbc:oracle:thin:@ora:1522:SID", (("ora", 1522),), "sid"),
        ("jdbc:oracle:thin:@[::1]:1522:sid", (("::1", 1522),), "sid"),
        ("jdbc:oracle:thin:@[::1]:1522/sid", (("::1", 1522),), "sid"),
        ("jdbc:oracle:thin:@[fe80::1:2:3]:1522", (("fe80::1:2:3", 1522),), ""),
        ("jdbc:oracle:thin:@alias", (("alias", 1521),), ""),
        (
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1522)))",
            (("ora", 1522),),
            "",
        ),
        (
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=ora))(CONNECT_DATA=(SID=Sid)))",
            (("ora", 1521),),
            "sid",
        ),
    ],
)
def test_a_jdbc_url_gives_its_servers_and_schema(text, servers, database):
    address = parse_jdbc(text)
    assert (address.servers, address.database) == (servers, database)


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:mysql://me:secret@db:3306/x",
        "jdbc:mysql://me:se@cr/et@db:3306/x",
        "jdbc:mysql://(host=db,port=3306,user=me,password=secret)/x",
        "jdbc:mysql://db:3306/x?user=me&amp;password=secret",
        "jdbc:sqlserver://db:1433;user=me;password=secret;databaseName=x",
        "jdbc:db2://db:50000/x:user=me;password=secret;",
        "jdbc:oracle:thin:me/secret@db:1521/x",
        "jdbc:oracle:thin:me/secret@//db:1521/x",
    ],
)
def test_no_login_stays_in_what_is_told(text):
    address = parse_jdbc(text)
    assert [host for host, _ in address.servers] == ["db"]
    assert address.database == "x"


@pytest.mark.parametrize(
    "text", ["jdbc:h2:./x", "jdbc:h2:tcp://h/x", "jdbc:derby:x;create=true", "jdbc:hsqldb:mem:x"]
)
def test_an_embedded_database_has_no_server(text):
    assert is_embedded(text)
    assert parse_jdbc(text) is None
    assert not is_no_jdbc_url(text)


@pytest.mark.parametrize(
    "text",
    ["", "mysql://db:3306/x", "db:3306/x", "jdbc:mysql:db:3306/x", "jdbc:mysql:/db/x", "jdbc:x"],
)
def test_what_no_driver_takes_is_told_where_the_driver_is_known(text):
    assert parse_jdbc(text) is None
    assert is_no_jdbc_url(text) is (text != "jdbc:x")


def test_a_port_that_is_none_is_none():
    assert parse_jdbc("jdbc:mysql://db:33O6/x").servers == (("db", 0),)


@pytest.mark.parametrize(
    ("parameters", "use_tls"),
    [
        ("", True),
        ("?useSSL=false", False),
        ("?a=b&amp;useSSL=false", False),
        ("?a=b&useSSL=FALSE", False),
        ("?sslMode=DISABLED", False),
        ("?sslMode=REQUIRED&amp;useSSL=false", True),
    ],
)
def test_connector_j_asks_for_tls_unless_it_is_told_not_to(parameters, use_tls):
    assert parse_jdbc(f"jdbc:mysql://db/x{parameters}").use_tls is use_tls


@pytest.mark.parametrize(
    ("parameters", "may_retrieve"),
    [
        ("?useSSL=false", False),
        ("?useSSL=false&amp;allowPublicKeyRetrieval=TRUE", True),
        ("?useSSL=false&serverRSAPublicKeyFile=/k.pem", True),
    ],
)
def test_connector_j_asks_for_the_servers_key_only_if_it_is_told_so(parameters, may_retrieve):
    assert parse_jdbc(f"jdbc:mysql://db/x{parameters}").may_retrieve_key is may_retrieve


def test_parameters_are_parted_as_the_drivers_part_them():
    assert jdbc_parameters("jdbc:mysql://db/x?a=1&amp;b=2") == {"a": "1", "b": "2"}
    assert jdbc_parameters("jdbc:sqlserver://db;a=1;b=2") == {"a": "1", "b": "2"}
