"""The commands of child.mjs for rivals in Python: JSON lines in, one answer each out."""
import json
import sys
import time
import traceback

import numpy as np


def read_spec(command):
    sizes, files = command["sizes"], command["files"]
    read = lambda name: np.fromfile(files[name], dtype=np.float32)
    weights, offset, floats = [], 0, read("weights")
    for inputs, units in zip(sizes, sizes[1:]):
        for shape in ((inputs, units), (units,)):
            count = int(np.prod(shape))
            weights.append(floats[offset : offset + count].reshape(shape))
            offset += count
    y = read("y")
    y = y.astype(np.int64) if command["output"] == "softmax" else y.reshape(-1, sizes[-1])
    return {**command, "x": read("x").reshape(-1, sizes[0]), "y": y, "weights": weights}


def timed(run):
    start = time.perf_counter()
    run()
    return {"milliseconds": (time.perf_counter() - start) * 1e3}


def batches(spec, steps, permutation):
    """Indices of `steps` shuffled batches; None for all rows at once."""
    rows, batch = spec["rows"], spec["batch"]
    if rows <= batch:
        for _ in range(steps):
            yield None
        return
    per_pass = rows // batch
    for step in range(steps):
        if step % per_pass == 0:
            order = permutation(rows)
        at = step % per_pass * batch
        yield order[at : at + batch]


def serve(open_net):
    spec = net = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            name = command.pop("command")
            if name == "open":
                spec = read_spec(command)
                net = open_net(spec)
                answer = {"version": net.version, "refuses": "", "note": net.note, "ownWeights": False, "variant": "", "canTrain": True}
            elif name == "train":
                answer = timed(lambda: net.train(command["steps"]))
            elif name == "predict":
                x = spec["x"][: command["rows"]]
                answer = timed(lambda: [net.predict(x) for _ in range(command["times"])])
            else:
                answer = {"values": np.asarray(net.predict(spec["x"][: command["rows"]])).ravel().tolist()}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
