"""Checks inputs and outputs of operations against botocore's models: [{"service", "operation", "input", "output"}, …] on stdin, one problem a line."""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator

models = {}
session = botocore.session.get_session()
for entry in json.load(sys.stdin):
    service = entry["service"]
    model = models.setdefault(service, session.get_service_model(service)).operation_model(entry["operation"])
    for side, shape in (("input", model.input_shape), ("output", model.output_shape)):
        if shape is None:
            if entry[side]:
                print(f"{entry['operation']} {side}: nothing was expected")
            continue
        lines = ParamValidator().validate(entry[side], shape).generate_report().splitlines()
        # Services answer with empty lists also where the model wants an element: `reportsNotFound` is one.
        report = " ".join(line for line in lines if side == "input" or "value: 0, valid min length: 1" not in line)
        unknown = sorted(set(entry[side]) - set(shape.members))
        if report or unknown:
            print(f"{entry['operation']} {side}: {report} {unknown or ''}")
