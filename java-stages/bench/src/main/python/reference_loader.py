"""The views of a recipe from files, as the official code makes them: torchvision's transforms in the workers of a DataLoader."""

import os
import random

import torch
from PIL import Image, ImageFilter, ImageOps
from torchvision import transforms
from torchvision.transforms import functional


class Sometimes:
    """Applies an operation with a probability."""

    def __init__(self, probability, operation):
        self.probability = probability
        self.operation = operation

    def __call__(self, image):
        return self.operation(image) if random.random() < self.probability else image


class Blur:
    def __init__(self, sigma):
        self.sigma = sigma

    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(random.uniform(self.sigma["low"], self.sigma["high"])))


def transform(group, recipe):
    jitter, blur, scale = group["jitter"], group["blur"], group["scale"]
    strengths = [jitter[key] for key in ("brightness", "contrast", "saturation", "hue")]
    return transforms.Compose([
        transforms.RandomResizedCrop(
            group["size"], scale=(scale["low"], scale["high"]), interpolation=functional.InterpolationMode.BICUBIC
        ),
        transforms.RandomHorizontalFlip(group["flip"]),
        transforms.RandomApply([transforms.ColorJitter(*strengths)], p=jitter["probability"]),
        transforms.RandomGrayscale(group["grayscale"]),
        Sometimes(blur["probability"], Blur(blur["sigma"])),
        Sometimes(group["solarize"], ImageOps.solarize),
        transforms.ToTensor(),
        transforms.Normalize(recipe["normalize"]["mean"], recipe["normalize"]["std"]),
    ])


class Photographs(torch.utils.data.Dataset):
    def __init__(self, recipe, root, files):
        self.files = [os.path.join(root, file) for file in files]
        self.views = [transform(group, recipe) for group in recipe["groups"] for _ in range(group["count"])]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with open(self.files[index], "rb") as stream:
            image = Image.open(stream).convert("RGB")
        return [view(image) for view in self.views]


def loader(recipe, images, workers, steps):
    """Batches of views [batch, 3, side, side], a list in the order of the recipe's groups."""
    data = Photographs(recipe["views"], images["root"], images["files"])
    batch = recipe["batch-size"]
    sampler = torch.utils.data.RandomSampler(data, replacement=True, num_samples=steps * batch)
    return iter(torch.utils.data.DataLoader(data, batch_size=batch, sampler=sampler, num_workers=workers, drop_last=True))
