"""The views of the paper's recipe with Pillow: the baseline of the benchmarks. One thread.

Reads a folder, file names and an empty line, then answers each line `views SIDE SPLIT` or `decode` with milliseconds of
processor time per image: of the views with Pillow alone, of the same as normalised float tensors, and of torchvision's transforms
with the tensors (nan without torchvision).
"""

import math
import os
import random
import sys
import time

from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from PIL import __version__ as pillow_version

try:
    import torch
    import torchvision
    from torchvision import transforms
    from torchvision.transforms import functional

    torch.set_num_threads(1)
    VERSIONS = f"Pillow {pillow_version}, torchvision {torchvision.__version__}"
except Exception:  # a torchvision that does not fit its torch raises whatever it likes
    functional = None
    import numpy

    VERSIONS = f"Pillow {pillow_version}, tensors by numpy {numpy.__version__}"

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def box(width, height, low, high):
    for _ in range(10):
        area = width * height * random.uniform(low, high)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            left, top = random.randint(0, width - w), random.randint(0, height - h)
            return left, top, left + w, top + h
    side = min(width, height)
    return (width - side) // 2, (height - side) // 2, (width + side) // 2, (height + side) // 2


def turn_hue(image, factor):
    h, s, v = image.convert("HSV").split()
    shift = int(factor * 255) & 255
    return Image.merge("HSV", (h.point([(i + shift) & 255 for i in range(256)]), s, v)).convert("RGB")


def jitter(image):
    steps = [
        lambda im: ImageEnhance.Brightness(im).enhance(random.uniform(0.6, 1.4)),
        lambda im: ImageEnhance.Contrast(im).enhance(random.uniform(0.6, 1.4)),
        lambda im: ImageEnhance.Color(im).enhance(random.uniform(0.8, 1.2)),
        lambda im: turn_hue(im, random.uniform(-0.1, 0.1)),
    ]
    random.shuffle(steps)
    for step in steps:
        image = step(image)
    return image


def view(image, side, low, high, blur, solarize):
    image = image.crop(box(*image.size, low, high)).resize((side, side), Image.BICUBIC)
    if random.random() < 0.5:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    if random.random() < 0.8:
        image = jitter(image)
    if random.random() < 0.2:
        grey = image.convert("L")
        image = Image.merge("RGB", (grey, grey, grey))
    if random.random() <= blur:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))
    if random.random() < solarize:
        image = ImageOps.solarize(image)
    return image


def views(image, side, split):
    yield view(image, 224, split, 1, 1.0, 0)
    yield view(image, 224, split, 1, 0.1, 0.2)
    for _ in range(6):
        yield view(image, side, 0.05, split, 0.5, 0)


def tensor(image):
    if functional is not None:
        return functional.normalize(functional.to_tensor(image), MEAN, STD)
    array = numpy.asarray(image).transpose(2, 0, 1).astype(numpy.float32) / 255
    return (array - numpy.float32(MEAN).reshape(3, 1, 1)) / numpy.float32(STD).reshape(3, 1, 1)


class Sometimes:
    """Applies an operation with a probability."""

    def __init__(self, probability, operation):
        self.probability = probability
        self.operation = operation

    def __call__(self, image):
        return self.operation(image) if random.random() < self.probability else image


def composed(side, low, high, blur, solarize):
    return transforms.Compose([
        transforms.RandomResizedCrop(side, scale=(low, high), interpolation=functional.InterpolationMode.BICUBIC),
        transforms.RandomHorizontalFlip(),
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.2, 0.1)], p=0.8),
        transforms.RandomGrayscale(0.2),
        Sometimes(blur, lambda im: im.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))),
        Sometimes(solarize, ImageOps.solarize),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])


def with_torchvision(files, side, split):
    if functional is None:
        return math.nan
    makers = [composed(224, split, 1, 1.0, 0), composed(224, split, 1, 0.1, 0.2)]
    makers += [composed(side, 0.05, split, 0.5, 0)] * 6
    start = time.process_time()
    for file in files:
        image = load(file)
        for make in makers:
            make(image)
    return time.process_time() - start


def load(file):
    with open(file, "rb") as stream:
        return Image.open(stream).convert("RGB")


def main():
    print(VERSIONS, flush=True)
    lines = iter(sys.stdin.readline, "")
    root = next(lines).rstrip("\n")
    files = []
    for line in lines:
        if line == "\n":
            break
        files.append(os.path.join(root, line.rstrip("\n")))
    for line in lines:
        work = line.split()
        tensors = 0.0
        start = time.process_time()
        for file in files:
            image = load(file)
            if work[0] == "views":
                made = list(views(image, int(work[1]), float(work[2])))
                before = time.process_time()
                for one in made:
                    tensor(one)
                tensors += time.process_time() - before
        total = time.process_time() - start
        each = 1000 / len(files)
        torchvision_time = with_torchvision(files, int(work[1]), float(work[2])) if work[0] == "views" else math.nan
        print((total - tensors) * each, total * each, torchvision_time * each, flush=True)


main()
