"""The rules that split text into words, the same for documents, queries and all adapters.

The rules, in the order in which they apply (`docs/search.md` explains them to users):

1. Unicode NFKC and case folding; accents are removed (`Résumé` is `resume`, `Ł` is `l`, `ß` is `ss`).
2. A word is a run of letters and digits. Everything else separates words, except:
   - `++` directly after a word, and `#` directly after a word of one letter, belong to it: `c++`, `c#`, `f#`.
   - a dot directly before `net` belongs to it: `.net`, also in `asp.net`, which is the two words `asp` and `.net`.
3. In scripts without spaces between words (Han, kana, hangul, Thai, Lao, Khmer, Burmese), every character is a word.
   Queries match by phrase, so any part of such a text can be found.
4. Only the first 64 characters of a word count.

There are no stop words (`R`, `Go` and `IT` are words) and no stemming: `developer` does not find `developers`, but
`develop*` finds both. Exact and predictable results matter more than finding more.
"""

import re
import unicodedata
from functools import cache

RULES = 1
"""The version of these rules. Increase it with any change to the words of a document, so that indexes are rebuilt."""

MAX_WORD = 64
MAX_KEYWORD = 512

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")
# Vowel signs and points of Hebrew, Arabic and the scripts of India. They are part of words, but not of Python's \w.
_MARKS = "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3\u1100-\u11ff\u3041-\u3096\u30a1-\u30fa\u30fc"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:\+\++|(?<![a-z0-9]{2})(?<!\d)\#)?|\.net(?![a-z])")
# Separates the pieces of a query. Other signs join a piece, as in `front-end` and `CI/CD`.
_BETWEEN_UNITS = re.compile(r"""[\s,;:|()\[\]{}<>"“”„«»!?、。「」]+""")


def clean(text: str) -> str:
    """Return the text with lone surrogates, which cannot be encoded, replaced by U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def keyword(text: str) -> str:
    """Return an exact value in its stored form: clean, and short enough for every engine."""
    return clean(text)[:MAX_KEYWORD]


def fold(text: str) -> str:
    """Return the text in a form that ignores case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", clean(text)).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", folded))


def tokens(text: str) -> list[str]:
    """Return the words of a text, in order."""
    return _split(fold(text))


def units(text: str) -> list[tuple[str, ...]]:
    """Return the pieces of a query, each as a phrase of words. `front-end` is a piece of two words.

    Pieces without words are left out.
    """
    pieces = (tuple(_split(piece)) for piece in _BETWEEN_UNITS.split(fold(text)))
    return [piece for piece in pieces if piece]


def _split(folded: str) -> list[str]:
    words: list[str] = (_ASCII_WORD if folded.isascii() else _word()).findall(folded)
    return [word[:MAX_WORD] for word in words] if max(map(len, words), default=0) > MAX_WORD else words


@cache
def _word() -> re.Pattern[str]:
    """Return the pattern of a word in any script. Compiling it takes longer than loading the rest of the package."""
    return re.compile(
        rf"[{_UNSPACED}]"
        rf"|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+(?:\+\++|(?<![^\W_{_UNSPACED}]{{2}})(?<!\d)\#)?"
        rf"|\.net(?![^\W\d_{_UNSPACED}])"
    )
