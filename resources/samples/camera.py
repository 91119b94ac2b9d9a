"""What a scanner or a camera makes of a clean page: noise, skew, dust, shadow, perspective. All of it seeded."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.samples.typeset import PAPER


def noise(size: tuple[int, int], random: Random, *, amplitude: float, grain: float) -> Image.Image:
    """Grey noise around 128; grain is the size of its spots in pixels."""
    small = (max(1, round(size[0] / grain)), max(1, round(size[1] / grain)))
    image = Image.frombytes("L", small, random.randbytes(small[0] * small[1]))
    image = image.filter(ImageFilter.GaussianBlur(0.8)).resize(size, Image.Resampling.BICUBIC)
    return image.point([round(128 + (value - 128) * amplitude / 48) for value in range(256)])


def scan(page: Image.Image, seed: int, *, skew: float) -> Image.Image:
    """The page as a flat-bed scanner sees it: tinted paper, a slight skew in degrees, dust, a shadow at the fold."""
    random = Random(seed)  # noqa: S311 - noise, and the same each time
    image = page.filter(ImageFilter.GaussianBlur(0.55))
    image = image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=PAPER)
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, r = random.randrange(image.width), random.randrange(image.height), random.choice((1, 1, 1, 2))
        draw.ellipse((x, y, x + r, y + r), fill=random.randrange(120, 210))
    fold = Image.linear_gradient("L").rotate(90).resize((60, image.height))
    shade = Image.new("L", image.size, 255)
    shade.paste(fold.point([218 + value * 37 // 255 for value in range(256)]), (0, 0))
    image = ImageChops.multiply(image, shade)
    for amplitude, grain in ((3, 180), (3, 3), (5, 1.3)):
        image = ImageChops.add(image, noise(image.size, random, amplitude=amplitude, grain=grain), offset=-128)
    return image


def photograph(page: Image.Image, seed: int) -> Image.Image:
    """The page on a table, from a little aside, in light that falls from the left."""
    random = Random(seed)  # noqa: S311 - noise, and the same each time
    width, height = page.width + 700, page.height + 620
    table = Image.new("L", (width, height), 96)
    table = ImageChops.add(table, noise(table.size, random, amplitude=20, grain=40), offset=-128)
    shadow = Image.new("L", table.size, 255)
    ImageDraw.Draw(shadow).rectangle((372, 344, 380 + page.width, 352 + page.height), fill=120)
    table = ImageChops.multiply(table, shadow.filter(ImageFilter.GaussianBlur(22)))
    table.paste(page, (350, 310))
    corners = (110, 60, 10, height - 30, width - 30, height - 90, width - 140, 10)
    seen = table.transform((1800, 2340), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    seen = seen.filter(ImageFilter.GaussianBlur(0.6))
    falloff = Image.linear_gradient("L").rotate(90).resize(seen.size)
    seen = ImageChops.multiply(seen, falloff.point([255 - value * 95 // 255 for value in range(256)]))
    channels = []
    for tint in (1.0, 0.965, 0.88):
        lit = seen.point([round(value * tint) for value in range(256)])
        channels.append(ImageChops.add(lit, noise(seen.size, random, amplitude=7, grain=1.6), offset=-128))
    return Image.merge("RGB", channels)
