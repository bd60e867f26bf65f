"""No finding tells a secret that the file it judges holds."""

from dataclasses import astuple
from pathlib import Path

import pytest

from lab.wiring.read import read_links

BAD = Path(__file__).parent / "bad"
CASE = BAD / "LAB0176-a-cache-of-another-database-than-a-url-with-a-login"
MICROSOFT_S = "jdbc:sqlserver://db:1433;databaseName=reg;user=sa;password=S3cretPw"
ORACLE_S = "jdbc:oracle:thin:regadmin/S3cretPw@//db.wso2.com:1521/reg"


@pytest.mark.parametrize("url", [ORACLE_S, MICROSOFT_S, "jdbc:mysql://root:S3cretPw@db/reg?a=b"])
def test_a_password_in_a_database_s_url_is_never_told(tmp_path: Path, url: str) -> None:
    for path in CASE.rglob("*.xml"):
        copy = tmp_path / path.relative_to(CASE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text().replace(ORACLE_S, url))
    wiring = read_links(tmp_path, None, remarks=True)
    assert "LAB0176" in [one.code for one in wiring.findings]
    told = [str(astuple(one)) for one in (*wiring.findings, *wiring.links)]
    assert not [one for one in told if "S3cretPw" in one]
