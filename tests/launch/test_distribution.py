from pathlib import Path

from lab.launch.distribution import mirror_of, mmdebstrap_words, way_there
from lab.launch.recipes import Recipe, User, read_recipe

# As apt prints them; the hosts are examples.
TARGETS = """\
Packages main nodistro https://node.example/nodesource/
Packages contrib bookworm http://mirror.example/debian/
Packages main bookworm-security http://mirror.example/debian-security/
Packages main bookworm http://mirror.example/debian/
"""
CONFIGURATION = """\
APT::Install-Recommends "1";
Acquire::http::Proxy "http://user:word@proxy.example:3128/";
Acquire::https::CaInfo "/etc/ssl/company.pem";
Acquire::https::Proxy "";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::Packages::Optional "0";
"""
RECIPE = Recipe(
    "mysql", "mysql:8.4", "sid", ("a", "b"), ("/usr/share/man/*",), (), ("/lab",), User("mysql", 9)
)


def test_the_mirror_is_the_one_this_machine_uses_for_debian_itself() -> None:
    assert mirror_of(TARGETS) == "http://mirror.example/debian/"


def test_a_target_without_all_its_fields_is_passed_over() -> None:
    flat = "\n\nPackages  http://mirror.example/flat/\nPackages main bookworm\n"
    assert mirror_of(flat + TARGETS) == "http://mirror.example/debian/"


def test_a_machine_without_debian_mirror_leaves_the_choice_to_mmdebstrap() -> None:
    assert mirror_of("Packages main noble http://mirror.example/ubuntu/\n") == ""
    words = mmdebstrap_words(RECIPE, Path("/x.tar"), "/opts", "")
    assert words[-2:] == ["sid", "/x.tar"]


def test_only_the_way_to_the_mirror_is_taken_from_apts_configuration() -> None:
    assert way_there(CONFIGURATION).splitlines() == [
        'Acquire::http::Proxy "http://user:word@proxy.example:3128/";',
        'Acquire::https::CaInfo "/etc/ssl/company.pem";',
        'Acquire::Check-Valid-Until "false";',
    ]


def test_a_proxys_password_is_no_word_of_the_command() -> None:
    words = mmdebstrap_words(RECIPE, Path("/x.tar"), "/opts", "http://mirror.example/debian/")
    assert "--aptopt=/opts" in words
    assert not any("proxy" in word for word in words)


def test_the_recipes_user_gets_its_folders() -> None:
    hooks = [word for word in mmdebstrap_words(RECIPE, Path("/x"), "/o", "") if "hook" in word]
    assert any("mysql:x:9:9:" in hook for hook in hooks)
    assert any('chown 9:9 "$1/lab"' in hook for hook in hooks)


def test_the_shipped_recipes_name_no_host() -> None:
    for name in ("base", "mysql"):
        recipe, tag = read_recipe(name)
        assert tag.startswith(f"apim-lab/{name}:")
        assert "/" not in recipe.pull
