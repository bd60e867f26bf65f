"""The documents: their links lead somewhere, and the tracked files name nothing they must not."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

CHECKOUT = Path(__file__).parents[1]
ENTRANCES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
# In pieces, because this file is searched too.
REGISTRIES = [
    ".".join(pieces)
    for pieces in (
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("snapshot", "debian", "org"),
        ("ftp", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry-1", "docker", "io"),
        ("index", "docker", "io"),
        ("hub", "docker", "com"),
        ("download", "docker", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("npmjs", "org"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
    )
]
WORKPLACE = re.compile(r"(?<![\w.])/w[o]rk/")


def tokens(path: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))


def inline(path: Path) -> Iterator[Token]:
    for block in tokens(path):
        yield from block.children or ()


def targets(path: Path) -> set[str]:
    links = {str(token.attrs["href"]) for token in inline(path) if token.type == "link_open"}
    images = {str(token.attrs["src"]) for token in inline(path) if token.type == "image"}
    return links | images


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    found: dict[str, int] = {}
    blocks = tokens(path)
    names = set()
    for opening, content in pairwise(blocks):
        if opening.type != "heading_open":
            continue
        text = "".join(child.content for child in content.children or ())
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        seen = found.get(slug, 0)
        found[slug] = seen + 1
        names.add(f"{slug}-{seen}" if seen else slug)
    return names


def broken(path: Path, target: str) -> str | None:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not file.exists():
        return f"{path.name}: {target}: no such file"
    if parts.fragment and parts.fragment not in anchors(file):
        return f"{path.name}: {target}: no such heading"
    return None


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = CHECKOUT / name
        if path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_entrance_documents_are_there(name: str) -> None:
    assert (CHECKOUT / name) in DOCUMENTS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_relative_link_and_anchor_leads_somewhere(path: Path) -> None:
    assert [fault for target in sorted(targets(path)) if (fault := broken(path, target))] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_make_target_that_a_document_names_exists(path: Path) -> None:
    code = [
        token.content
        for token in [*tokens(path), *inline(path)]
        if token.type in {"code_inline", "code_block", "fence"}
    ]
    named = set(re.findall(r"(?:^|[\s`])make ([a-z][a-z-]*)", "\n".join(code), re.MULTILINE))
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_document_in_docs_is_reached_from_another_one() -> None:
    reached = {
        (path.parent / unquote(urlsplit(target).path)).resolve()
        for path in DOCUMENTS
        for target in targets(path)
        if not urlsplit(target).scheme and urlsplit(target).path
    }
    assert [
        path.name for path in DOCUMENTS if path.parent.name == "docs" and path not in reached
    ] == []


def test_no_tracked_file_names_a_package_registry() -> None:
    named = [
        f"{name}: {registry}"
        for name, text in tracked_texts()
        for registry in REGISTRIES
        if registry in text
    ]
    assert named == []


def test_no_tracked_file_names_the_place_it_was_written_in() -> None:
    assert [name for name, text in tracked_texts() if WORKPLACE.search(text)] == []


def test_every_dependency_has_its_reason() -> None:
    lines = (CHECKOUT / "requirements" / "dev.in").read_text(encoding="utf-8").splitlines()
    wanted = {re.split(r"[<>=~!]", line, maxsplit=1)[0] for line in lines}
    page = (CHECKOUT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    packages, _, _ = page.partition("## Programs")
    assert set(re.findall(r"^\| `([^`]+)` \|", packages, re.MULTILINE)) == wanted
