"""Evaluates one file of results with pycocotools: reference_coco.py ANNOTATIONS RESULTS TYPE; prints the twelve numbers."""
import contextlib
import io
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    evaluation = COCOeval(truth, truth.loadRes(sys.argv[2]), sys.argv[3])
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
print(*(repr(float(each)) for each in evaluation.stats))
