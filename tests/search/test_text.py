"""Splitting text into words, for any input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.search import text as words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Senior C++ developer", ["senior", "c++", "developer"]),
        ("C/C++, C# or F#", ["c", "c++", "c#", "or", "f#"]),
        ("C++17 and Notepad++", ["c++", "17", "and", "notepad++"]),
        ("issue#5, 5# and ##", ["issue", "5", "5", "and"]),
        ("ASP.NET (.NET 8, .NET6) networks", ["asp", ".net", ".net", "8", ".net", "6", "networks"]),
        ("the end.Network", ["the", "end", "network"]),
        ("node.js, Vue.JS", ["node", "js", "vue", "js"]),
        ("front-end CI/CD snake_case", ["front", "end", "ci", "cd", "snake", "case"]),
        ("R & Go", ["r", "go"]),
        ("jane.doe@example.com", ["jane", "doe", "example", "com"]),
        ("don't don\u2019t", ["don", "t", "don", "t"]),
        ("Résumé, naïve, Łódź, STRASSE, straße, İzmir", ["resume", "naive", "lodz", "strasse", "strasse", "izmir"]),
        ("\uff26\uff55\uff4c\uff4c \ufb01ve \u2460", ["full", "five", "1"]),
        ("精通C#和.NET开发", ["精", "通", "c#", "和", ".net", "开", "发"]),
        ("がガ", ["が", "ガ"]),
        ("개발자", ["개", "발", "자"]),
        ("हिन्दी", ["हिन्दी"]),
        ("a\0b\ud800c", ["a", "b", "c"]),
        ("x" * 100, ["x" * 64]),
        ("!?… ++ # .", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words.tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("front-end developer", [("front", "end"), ("developer",)]),
        ("react,redux;(vue)", [("react",), ("redux",), ("vue",)]),
        ("skills:node.js - c++", [("skills",), ("node", "js"), ("c++",)]),
        ("设计 logo", [("设", "计"), ("logo",)]),
        ("&& !", []),
    ],
)
def test_pieces_of_a_query(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words.units(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_splitting_is_stable_for_any_text(text: str) -> None:
    tokens = words.tokens(text)
    assert [word for piece in words.units(text) for word in piece] == tokens
    assert all(0 < len(word) <= words.MAX_WORD and not set(word) & set(" \t\n\r\0") for word in tokens)
    assert words.tokens(" ".join(tokens)) == tokens
    words.clean(text).encode()
