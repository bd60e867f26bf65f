"""Reads dbscripts: the tables that a script makes, its last index, the statement on a line."""

import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import DatabaseError, Problem
from lab.plan.model import PlannedSchema

_TOKENS = re.compile(
    r"""(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`)
    |(?P<comment>--(?=\s|\Z)[^\n]*|\#[^\n]*|/\*(?!!).*?(?:\*/|\Z))
    |(?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_NAME = r"(?:`?\w+`?\s*\.\s*)?`?([\w$]+)`?"
_CREATE = re.compile(rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_DROP = re.compile(rf"DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_INDEX = re.compile(
    rf"CREATE\s+(?:UNIQUE\s+|FULLTEXT\s+)?INDEX\s+`?([\w$]+)`?[^(]*?\s+ON\s+{_NAME}", re.IGNORECASE
)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"")
_SHOWN = 200  # characters of a statement in an error


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, its comments gone, and the line where it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Dbscript:
    """A script with what it makes; an index is (table, name)."""

    path: Path
    content: bytes
    tables: frozenset[str]
    last_index: tuple[str, str] | None

    def statement_at(self, line: int) -> str:
        """Give the statement on a line, on one line, shortened, its literals left out."""
        before = [each for each in statements_of(_text(self.content)) if each.line <= line]
        if not before:
            return ""
        text = " ".join(_LITERAL.sub("'…'", before[-1].text).split())
        return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def statements_of(text: str) -> tuple[Statement, ...]:
    """Split a script at its semicolons; comments are dropped, quoted texts kept."""
    found: list[Statement] = []
    pieces: list[str] = []
    position = 0

    def close() -> None:
        statement = "".join(pieces)
        pieces.clear()
        if statement.strip():
            start = position - len(statement)
            first = start + len(statement) - len(statement.lstrip())
            found.append(Statement(statement.strip(), text.count("\n", 0, first) + 1))

    for token in _TOKENS.finditer(text):
        pieces.append(text[position : token.start()])
        position = token.start()
        if token.lastgroup == "end":
            close()
        elif token.lastgroup == "quoted":
            pieces.append(token.group())
        else:  # blanks of the same size keep positions true
            pieces.append(re.sub(r"[^\n]", " ", token.group()))
        position = token.end()
    pieces.append(text[position:])
    position = len(text)
    close()
    return tuple(found)


def read_dbscript(path: Path) -> Dbscript:
    """Read a script; raises `DatabaseError` when it can't be read or makes no table."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatabaseError(
            Problem(
                f"can't read the dbscript: {error.strerror}", str(path), "check its permissions"
            )
        ) from error
    tables: dict[str, None] = {}
    last_index: tuple[str, str] | None = None
    for statement in statements_of(_text(content)):
        if made := _CREATE.match(statement.text):
            tables[made.group(1)] = None
        elif dropped := _DROP.match(statement.text):
            tables.pop(dropped.group(1), None)
        elif index := _INDEX.match(statement.text):
            last_index = (index.group(2), index.group(1))
    if not tables:
        raise DatabaseError(
            Problem("the dbscript creates no table", str(path), "name the product's own dbscripts")
        )
    return Dbscript(path, content, frozenset(tables), last_index)


def find_dbscript(folder: Path, schema: PlannedSchema) -> Path:
    """Give the script of a schema in a dbscripts folder, or in a product's home that holds one."""
    tried = (folder / schema.script, folder / "dbscripts" / schema.script)
    for path in tried:
        if path.is_file():
            return path
    raise DatabaseError(
        Problem(
            f"no dbscript for the database `{schema.name}`",
            f"{tried[0]}, {tried[1]}",
            "name the folder that holds `mysql.sql` and `apimgt/mysql.sql` (<product>/dbscripts)",
        )
    )


def find_dbscripts(folder: Path, schemas: tuple[PlannedSchema, ...]) -> dict[str, Dbscript]:
    """Read the scripts of all schemas, by the schema's name; all that is wrong at once."""
    scripts: dict[str, Dbscript] = {}
    problems: list[Problem] = []
    for schema in schemas:
        try:
            scripts[schema.name] = read_dbscript(find_dbscript(folder, schema))
        except DatabaseError as error:
            problems.extend(error.problems)
    if problems:
        raise DatabaseError(*problems)
    return scripts


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")
