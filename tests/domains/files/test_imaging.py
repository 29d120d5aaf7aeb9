"""Decoding hostile pictures, and the sizes of good ones."""

import zlib
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from PIL import Image

from souk.domains.files import imaging
from souk.domains.files.imaging import NotAPictureError, render
from souk.values.pictures import SIZES, PictureKind
from tests.domains.files.pictures import pixel

RED, BLUE = (200, 10, 10), (10, 10, 200)


def encoded(image: Image.Image, encoder: str = "PNG", **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, encoder, **options)
    return output.getvalue()


def picture(width: int = 640, height: int = 480, mode: str = "RGB", color: Any = RED) -> Image.Image:
    return Image.new(mode, (width, height), color)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def png_header(width: int, height: int) -> bytes:
    """Return a PNG file that claims a size and has no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kind", PictureKind)
def test_picture_is_made_in_all_sizes(kind: PictureKind, encoder: str) -> None:
    rendered = render(encoded(picture(640, 480), encoder), kind)
    assert tuple(rendered.files) == SIZES[kind]
    for size, data in rendered.files.items():
        made = opened(data)
        assert Image.MIME[made.format or ""] == rendered.media_type
        assert max(made.size) == min(size, 480 if kind is PictureKind.PORTRAIT else 640)
        assert made.size == ((min(480, size),) * 2 if kind is PictureKind.PORTRAIT else made.size)
        assert pixel(made, 1, 1)[0] > 150


def test_portrait_is_the_middle_and_a_logo_is_whole() -> None:
    wide = picture(300, 100, color=BLUE)
    wide.paste(RED, (100, 0, 200, 100))
    portrait = opened(render(encoded(wide), PictureKind.PORTRAIT).files[50])
    assert portrait.size == (50, 50)
    assert pixel(portrait, 2, 25)[0] > 150
    logo = opened(render(encoded(wide), PictureKind.LOGO).files[150])
    assert logo.size == (150, 50)
    assert logo.getpixel((2, 25)) == BLUE


def test_small_picture_is_not_enlarged() -> None:
    assert {opened(data).size for data in render(encoded(picture(32, 32)), PictureKind.PORTRAIT).files.values()} == {
        (32, 32)
    }


def test_transparency_stays_in_logos_and_is_white_in_portraits() -> None:
    clear = encoded(picture(64, 64, "RGBA", (0, 0, 0, 0)))
    assert opened(render(clear, PictureKind.LOGO).files[50]).getpixel((5, 5)) == (0, 0, 0, 0)
    assert opened(render(clear, PictureKind.PORTRAIT).files[50]).getpixel((5, 5)) == (255, 255, 255)


def test_metadata_is_removed_and_the_picture_is_upright() -> None:
    left_red = picture(100, 100, color=BLUE)
    left_red.paste(RED, (0, 0, 50, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: what is left comes on top
    exif[0x010E] = "my secret address"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 59.0, 15.9)
    sent = encoded(left_red, "JPEG", exif=exif, comment=b"my secret comment", icc_profile=b"my secret profile")
    assert all(word in sent for word in (b"secret address", b"secret comment", b"secret profile"))
    for kind in PictureKind:
        for data in render(sent, kind).files.values():
            assert b"secret" not in data
            made = opened(data)
            assert not made.getexif()
            assert not {"exif", "icc_profile", "comment"} & made.info.keys()
            middle = made.width // 2
            assert pixel(made, middle, 2)[0] > 150
            assert pixel(made, middle, made.height - 3)[2] > 150


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_color_mode_is_read(mode: str) -> None:
    encoder = "JPEG" if mode == "CMYK" else "PNG"
    image = picture().convert(mode) if mode != "I;16" else Image.new("I;16", (64, 64), 40_000)
    for kind in PictureKind:
        smallest = render(encoded(image, encoder), kind).files[SIZES[kind][0]]
        assert opened(smallest).mode in ("RGB", "RGBA")


def test_first_frame_of_an_animation_is_taken() -> None:
    frames = [picture(64, 64), picture(64, 64, color=BLUE)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert opened(render(data, PictureKind.LOGO).files[50]).getpixel((5, 5)) == RED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"RIFF\x10\x00\x00\x00WEBPVP8X",
        b"\xff\xd8\xff\xe0",
        encoded(picture())[:200],
        encoded(picture(), "JPEG")[:-400],
        encoded(picture(), "GIF"),
        encoded(picture(), "BMP"),
        encoded(picture(), "TIFF"),
        encoded(picture(), "PDF"),
        png_header(100, 100),
    ],
    ids=range(15),
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPictureError, match=r"JPEG, PNG or WebP|pixels"):
        render(data, PictureKind.PORTRAIT)


@pytest.mark.parametrize("size", [(31, 400), (400, 31), (1, 1)])
def test_too_small_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(NotAPictureError, match="at least 32"):
        render(encoded(picture(*size)), PictureKind.LOGO)


def test_huge_picture_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "_decoded", pytest.fail)
    with pytest.raises(NotAPictureError, match="50 million"):
        render(png_header(50_000, 50_000), PictureKind.PORTRAIT)


def test_huge_webp_is_refused_before_pillow_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", pytest.fail)
    side = (16_000).to_bytes(3, "little")
    extended = b"RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00" + side + side
    bits = (16_000 | 16_000 << 14).to_bytes(4, "little")
    lossless = b"RIFF\x20\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f" + bits
    lossy = b"RIFF\x20\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + pack("<HH", 16_000, 16_000)
    for data in (extended, lossless, lossy):
        with pytest.raises(NotAPictureError, match="50 million"):
            render(data, PictureKind.PORTRAIT)


def test_jpeg_with_endless_scans_is_refused() -> None:
    with pytest.raises(NotAPictureError, match="scans"):
        render(encoded(picture(), "JPEG") + b"\xff\xda" * 200, PictureKind.PORTRAIT)


def test_large_file_is_refused() -> None:
    with pytest.raises(NotAPictureError, match="bytes"):
        render(encoded(picture()) + b"\0" * 5_000_000, PictureKind.PORTRAIT)
