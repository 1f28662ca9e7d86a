"""Loads every file of an export with the library it is for: check_export.py EXPORT_DIR [EXPORT_DIR ...].

Compares what each network makes of x with y of selfcheck.safetensors: max |y' - y| <= 1e-4 max |y|. Pickled arrays are compared to
the bit with model.safetensors. What is not installed is skipped, and said so. Ends with 1 if a check failed or none could be made.
"""
import importlib
import json
import pathlib
import pickle
import struct
import sys

import numpy as np

TOLERANCE = 1e-4
TORCHVISION = {"mobilenet_v2": "classifier", "resnet18": "fc", "resnet34": "fc", "resnet50": "fc"}
TIMM = {
    "mobilenet_v2": "mobilenetv2_100",
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "vit_tiny": "vit_tiny_patch16_224",
    "vit_small": "vit_small_patch16_224",
}
TYPES = {"F32": "<f4", "I64": "<i8"}


class Skipped(Exception):
    """Something that is needed is not installed."""


def need(name):
    try:
        return importlib.import_module(name)
    except Exception as error:  # a broken installation fails in many ways
        raise Skipped(f"{name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}") from error


def arrays(path):
    """A safetensors file by numpy alone."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        found[name] = np.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return found


class Export:
    def __init__(self, folder):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.arch = self.manifest["arch"]
        self.model = arrays(folder / "model.safetensors")
        check = arrays(folder / "selfcheck.safetensors")
        self.x, self.y = check["x"], check["y"]

    def distance(self, features):
        assert features.shape == self.y.shape, f"features {features.shape}, expected {self.y.shape}"
        largest = float(np.abs(features.astype("f8") - self.y).max() / np.abs(self.y).max())
        assert largest <= TOLERANCE, f"relative distance {largest:.1e} from y, at most {TOLERANCE}"
        return f"relative distance {largest:.1e}"

    def run(self, network):
        torch = need("torch")
        with torch.no_grad():
            return self.distance(network.eval()(torch.from_numpy(self.x.copy())).numpy())

    def same(self, found, names):
        """Bit for bit, and in what order."""
        assert list(found) == list(names), "names or order differ"
        for name, original in names.items():
            array = np.asarray(found[name])
            assert array.dtype == original.dtype and array.shape == original.shape, name
            assert array.tobytes() == original.tobytes(), f"{name} differs"
        return f"{len(found)} arrays equal to the bit"

    def module_order(self):
        """Names in the order of the reference's own network, where one is installed."""
        if self.arch in TORCHVISION:
            network = getattr(need("torchvision").models, self.arch)(weights=None)
            drop = TORCHVISION[self.arch] + "."
        else:
            network = need("timm").create_model(TIMM[self.arch], num_classes=0)
            drop = "head."
        return {name: self.model[name] for name in network.state_dict() if not name.startswith(drop)}

    def torch_file(self):
        torch = need("torch")
        state = torch.load(self.folder / "model.pth", weights_only=True)
        if tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 1):     # older ones cannot map a file
            mapped = torch.load(self.folder / "model.pth", weights_only=True, mmap=True)
            assert all(torch.equal(state[name], mapped[name]) for name in state), "mmap=True gives other values"
        return self.same({name: tensor.numpy() for name, tensor in state.items()}, self.module_order())

    def safetensors_file(self):
        found = need("safetensors.numpy").load_file(self.folder / "model.safetensors")
        return self.same(dict(sorted(found.items())), dict(sorted(self.model.items())))

    def torchvision_network(self):
        if self.arch not in TORCHVISION:
            raise Skipped(f"torchvision has no {self.arch}")
        torch, torchvision = need("torch"), need("torchvision")
        network = getattr(torchvision.models, self.arch)(weights=None)
        setattr(network, TORCHVISION[self.arch], torch.nn.Identity())
        network.load_state_dict(torch.load(self.folder / "model.pth", weights_only=True), strict=True)
        return self.run(network)

    def torchvision_detector(self):
        if self.arch not in TORCHVISION:
            raise Skipped(f"torchvision has no {self.arch}")
        torch = need("torch")
        utils = need("torchvision.models.detection.backbone_utils")
        state = torch.load(self.folder / "model.pth", weights_only=True)
        norm = torch.nn.BatchNorm2d
        if self.arch == "mobilenet_v2":
            state = {name.removeprefix("features."): tensor for name, tensor in state.items()}
            backbone = utils.mobilenet_backbone(
                backbone_name=self.arch, weights=None, fpn=True, norm_layer=norm, trainable_layers=6)
        else:
            backbone = utils.resnet_fpn_backbone(
                backbone_name=self.arch, weights=None, norm_layer=norm, trainable_layers=5)
        backbone.body.load_state_dict(state, strict=True)
        return f"body takes {len(state)} tensors, strict"

    def timm_folder(self):
        timm = need("timm")
        network = timm.create_model(f"local-dir:{self.folder / 'timm'}", pretrained=True)
        config = timm.data.resolve_data_config({}, model=network)
        expected = self.manifest["preprocessing"]
        assert list(config["mean"]) == expected["mean"] and list(config["std"]) == expected["std"], "mean or std differ"
        assert config["interpolation"] == expected["interpolation"] == "bicubic", config
        assert config["crop_pct"] == expected["crop"] / expected["resize"] == 0.875, config
        assert tuple(config["input_size"]) == (3, expected["crop"], expected["crop"]), config
        return self.run(network)

    def timm_checkpoint(self):
        if self.arch == "mobilenet_v2":
            raise Skipped("timm's mobilenetv2_100 has other names than model.pth")
        path = str(self.folder / "model.pth")
        return self.run(need("timm").create_model(TIMM[self.arch], num_classes=0, checkpoint_path=path))

    def onnx_model(self):
        need("onnx").checker.check_model(str(self.folder / "onnx/backbone.onnx"), full_check=True)
        return "well-formed, all shapes inferred"

    def onnx_network(self):
        path = str(self.folder / "onnx/backbone.onnx")
        session = need("onnxruntime").InferenceSession(path, providers=["CPUExecutionProvider"])
        return self.distance(session.run(["embedding"], {"image": self.x})[0])

    def detectron2_pickle(self):
        path = self.folder / "detectron2/backbone.pkl"
        if self.arch not in TORCHVISION:
            raise Skipped(f"{self.arch} is not written for Detectron2")
        content = pickle.loads(path.read_bytes(), encoding="latin1")
        assert content["__author__"] == "Viewfit" and content["matching_heuristics"] is True
        names = detectron2_names(self.arch, self.model)
        return self.same(dict(sorted(content["model"].items())), dict(sorted(names.items())))


def detectron2_names(arch, model):
    """The rules of Detectron2's own conversion of torchvision files, and the stages of MobileNetV2."""
    names = {}
    for name, array in model.items():
        if arch == "mobilenet_v2":
            index, rest = name.removeprefix("features.").split(".", 1)
            start, stage = max((s, t) for s, t in [(0, "stem"), (2, "stage2"), (4, "stage3"), (7, "stage4"), (14, "stage5")]
                               if s <= int(index))
            names[f"{stage}.{int(index) - start}.{rest}"] = array
            continue
        new = name if "layer" in name else "stem." + name
        for t in (1, 2, 3, 4):
            new = new.replace(f"layer{t}", f"res{t + 1}")
        for t in (1, 2, 3):
            new = new.replace(f"bn{t}", f"conv{t}.norm")
        new = new.replace("downsample.0", "shortcut").replace("downsample.1", "shortcut.norm")
        names[new] = array
    return names


def main(folders):
    failed = made = 0
    for folder in folders:
        export = Export(pathlib.Path(folder))
        for check in (
            export.safetensors_file,
            export.torch_file,
            export.torchvision_network,
            export.torchvision_detector,
            export.timm_folder,
            export.timm_checkpoint,
            export.onnx_model,
            export.onnx_network,
            export.detectron2_pickle,
        ):
            try:
                verdict = "ok: " + check()
                made += 1
            except Skipped as reason:
                verdict = f"skipped: {reason}"
            except Exception as error:
                verdict = f"FAILED: {type(error).__name__}: {error}"
                failed += 1
            print(f"{folder}: {check.__name__}: {verdict}", flush=True)
    return 1 if failed or not made else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
