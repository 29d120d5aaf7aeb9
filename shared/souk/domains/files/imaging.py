"""Decodes an uploaded picture and makes its sizes. Pure, but only the function `images` has Pillow.

The input is hostile: its size is read before it is decoded, only three decoders are used, and nothing but the pixels
is kept. So position data, comments and colour profiles are gone.
"""

from io import BytesIO
from struct import unpack_from
from typing import Final, NamedTuple

from PIL import Image, ImageOps

from souk.values.pictures import MAX_BYTES, MAX_PIXELS, MIN_SIDE, SIZES, PictureKind

Image.MAX_IMAGE_PIXELS = None  # our limit is lower, and an error instead of a warning
_DECODERS: Final = ("JPEG", "PNG", "WEBP")
_MAX_SCANS: Final = 100  # of a progressive JPEG; each is a pass over the whole picture
_SCAN: Final = b"\xff\xda"
_JPEG_QUALITY: Final = 85
_WHITE: Final = (255, 255, 255)


class NotAPictureError(Exception):
    """The file is not a picture that Souk shows. The message says why, to the person."""


class Rendered(NamedTuple):
    """The sizes of a picture."""

    media_type: str
    files: dict[int, bytes]
    """The encoded pictures by size, in pixels."""


def render(data: bytes, kind: PictureKind) -> Rendered:
    """Return the sizes of a picture. A portrait is cropped to a square. Small pictures are not enlarged.

    Raises NotAPictureError if the file is not a JPEG, PNG or WebP picture within the limits.
    """
    if len(data) > MAX_BYTES:
        raise NotAPictureError(f"The picture has {len(data)} bytes; the limit is {MAX_BYTES}.")
    try:
        with _opened(data) as image:
            whole = _decoded(image, square=kind is PictureKind.PORTRAIT, largest=SIZES[kind][-1])
        sizes = {size: _scaled(whole, size) for size in SIZES[kind]}
    except NotAPictureError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise many errors for broken files
        raise NotAPictureError("The file is not a JPEG, PNG or WebP picture, or it is damaged.") from None
    if not kind.transparent:  # photos; a logo keeps its transparency
        return Rendered("image/jpeg", {size: _jpeg(image) for size, image in sizes.items()})
    return Rendered("image/png", {size: _png(image) for size, image in sizes.items()})


def _opened(data: bytes) -> Image.Image:
    """Return the picture without decoding it. Raises NotAPictureError if it is too large or too small."""
    if data.count(_SCAN) > _MAX_SCANS:
        raise NotAPictureError("The picture has too many scans. Save it without progressive encoding.")
    _check_size(*_webp_size(data))  # Pillow allocates the whole picture when it opens WebP
    image = Image.open(BytesIO(data), formats=_DECODERS)
    _check_size(*image.size)
    return image


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise NotAPictureError(
            f"The picture has {width} x {height} pixels; the limit is {MAX_PIXELS // 1_000_000} million."
        )
    if min(width, height) < MIN_SIDE:
        raise NotAPictureError(f"The picture has {width} x {height} pixels; each side needs at least {MIN_SIDE}.")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in the header of a WebP file (RFC 9649); the least allowed ones for other files."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return MIN_SIDE, MIN_SIDE
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            (bits,) = unpack_from("<I", data, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width, height = unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF


def _decoded(image: Image.Image, *, square: bool, largest: int) -> Image.Image:
    """Return the first frame, upright, in at most a few times the largest size, as RGB or RGBA without metadata."""
    rotation = image.getexif().get(0x0112, 1)
    image.draft("RGB", (2 * largest, 2 * largest))  # decodes a large JPEG in a fraction of its size
    width, height = image.size
    if square and width != height:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != mode:  # a copy of 50 megapixels takes 200 MB
        image = image.convert(mode)
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.info.clear()
    image.getexif().clear()
    image.getexif()[0x0112] = rotation
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    upright.getexif().clear()
    return upright


def _scaled(image: Image.Image, size: int) -> Image.Image:
    if max(image.size) <= size:
        return image
    scaled = image.copy()
    scaled.thumbnail((size, size), Image.Resampling.LANCZOS)
    return scaled


def _jpeg(image: Image.Image) -> bytes:
    if image.mode == "RGBA":
        behind = Image.new("RGB", image.size, _WHITE)
        behind.paste(image, mask=image.getchannel("A"))
        image = behind
    return _encoded(image, "JPEG", quality=_JPEG_QUALITY)


def _png(image: Image.Image) -> bytes:
    return _encoded(image, "PNG", optimize=True)


def _encoded(image: Image.Image, encoder: str, **options: int) -> bytes:
    output = BytesIO()
    image.save(output, encoder, **options)
    return output.getvalue()
