"""TOML, read from anywhere in time that is linear in its length, and written on lines that every container holds."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from gdanim.errors import UsageError

# Comments and texts in TOML, and keys of ten dotted parts or more: tomllib needs time that is quadratic in the parts.
# A text without an end goes on to the end of its line, or of all: so no character is looked at twice.
_TEXTS: Final = re.compile(
    r"""\#[^\n]*|\"{3}(?:[^\\]|\\.)*?(?:\"{3}|\\?\Z)|'{3}.*?(?:'{3}|\Z)|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?""", re.DOTALL
)
_LONG_KEY: Final = re.compile(r'(?<![\w"-])(?:[\w"-]+[ \t]*\.[ \t]*){9}')


def parse_toml(text: bytes, *, source: str) -> dict[str, Any]:
    """The keys and values of TOML from anywhere, in time linear in its length. Raises UsageError."""
    import tomllib  # late: most requests read no TOML, and all write some

    try:
        toml = text.decode("utf-8-sig")
        if _LONG_KEY.search(_TEXTS.sub('""', toml)):
            raise UsageError(f"{source} has a key of ten parts, which no preset has")
        return tomllib.loads(toml)
    except (ValueError, RecursionError) as error:
        known = isinstance(error, (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError))
        reason = str(error).splitlines()[0] if known else "a number in it has thousands of digits"
        raise UsageError(f"{source} is not TOML: {reason}") from None


def as_ascii(toml: str) -> str:
    """TOML as any container can hold it: printable ASCII without &, < and >, which only its texts have."""
    return re.sub("[^\n -~]|[&<>]", _escape, toml)


# What no line of a text may hold, or what a terminal obeys: control characters, and those that turn the way of reading.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\t\x0b-\x1f\x7f-\x9f]")  # all but the line feed
_BLANK_LINE: Final = re.compile(r"(?<=\n)( *)\n")


def write_file(name: str, content: str) -> str:
    """A key with the text of a file, on lines of its own."""
    # A # is escaped, since a comment could look like the line that ends a recipe.
    escaped = content.replace("\\", "\\\\").replace('"""', '""\\"').replace("#", "\\u0023")
    # And no line of it is blank: where HTML stands in Markdown, that would end it.
    lines = _BLANK_LINE.sub(r"\1\\n", f"\n{_CONTROL.sub(_escape, escaped)}")
    return f'{write_value(name)} = """{lines}"""\n'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def write_value(value: Any) -> str:
    """A value of a setting, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{_UNSEEN.sub(_escape, escaped)}"'
        case Fraction():
            return write_value(str(value)) if value.denominator > 1 else str(value.numerator)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {write_value(item)}" for key, item in value.items()) + " }"
        case tuple() if value and all(isinstance(item, tuple) and isinstance(item[0], str) for item in value):
            return write_value(dict(value))
        case (item,) if not (isinstance(item, tuple) and len(item) > 1):  # of a plane: [x, y] would be two starts
            return write_value(item)
        case tuple():
            return "[" + ", ".join(write_value(item) for item in value) + "]"
        case _:
            return repr(value)
