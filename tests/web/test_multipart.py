"""Forms with files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata

from souk.values.errors import Unprocessable
from souk.web.multipart import Upload, parse


@settings(max_examples=50)
@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30))
def test_parts_arrive_unchanged(content: bytes, text: str) -> None:
    body, media_type = encode_multipart_formdata({"note": text, "file": ("a.png", content, "image/png")})
    parts = parse(media_type, body, 10)
    assert parts.fields == (("note", text),)
    assert parts.files == (("file", Upload("a.png", "image/png", content)),)


def test_field_without_chosen_file_is_left_out() -> None:
    head = b'Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream'
    body = b"--x\r\n" + head + b"\r\n\r\n\r\n--x--\r\n"
    assert parse("multipart/form-data; boundary=x", body, 10) == ((), ())


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nb\r\n--x--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 20 + b"--x--",
        ),
    ],
)
def test_malformed_form_is_refused(media_type: str, body: bytes) -> None:
    with pytest.raises(Unprocessable):
        parse(media_type, body, 10)
