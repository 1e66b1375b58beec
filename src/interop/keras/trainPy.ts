/** The text of `train.py`. */
import { type Handover, sharedPython } from "../handover.js";

/** The script for a model. */
export function trainPy(defaults: Handover["defaults"], inputShape: readonly number[]): string {
  return `"""
Trains the model of model.keras in Keras. On JAX it uses all devices of the machine, each with a copy of the model and a share
of the rows of a step (keras.distribution.DataParallel); on TensorFlow and PyTorch it is a plain fit:

    KERAS_BACKEND=jax python train.py

The rows of an epoch are in the order of numpy.random.default_rng([seed, epoch]). Devices need equally many rows: the
last rows of an epoch that cannot be shared, fewer than there are devices, are left out of that epoch.

After each epoch there is a new file in checkpoints/, which appears at once and whole. A start goes on from the newest one.
"""
import argparse
import json
import math
import os
import zipfile
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
CHECKPOINTS = HERE / "checkpoints"
${sharedPython(defaults, inputShape)}


def own_of(path):
    """What simdgrad alone reads of a file: epochs, seed, names of classes and features."""
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read("metadata.json")).get("simdgrad", {})


def checkpoint(model, epoch, own, keep):
    """Writes a file under another name, and renames it: a killed process leaves no half of one."""
    CHECKPOINTS.mkdir(exist_ok=True)
    saved, whole = CHECKPOINTS / ".saved.keras", CHECKPOINTS / ".whole.keras"
    model.save(saved, overwrite=True)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(whole, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "metadata.json":
                content = json.dumps({**json.loads(content), "simdgrad": {**own, "epoch": epoch}})
            target.writestr(part, content)
    saved.unlink()
    sync(whole)
    whole.replace(CHECKPOINTS / f"epoch-{epoch:04d}.keras")
    sync(CHECKPOINTS)
    for path in list(checkpoints().values())[:-keep]:
        path.unlink()


def devices_for(batch_size):
    """The devices that share the rows of a step."""
    if keras.backend.backend() != "jax":
        return 1
    devices = keras.distribution.list_devices()
    if batch_size % len(devices):
        raise SystemExit(f"--batch-size {batch_size}: expected a multiple of {len(devices)}, the number of devices")
    if len(devices) > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return len(devices)


def main():
    args = arguments()
    x, y = rows_of(args.data)
    devices = devices_for(args.batch_size)
    count = len(x) - len(x) % devices
    if count == 0:
        raise SystemExit(f"expected a row for each of {devices} devices, got {len(x)}")
    own = own_of(HERE / "model.keras")
    first = own.get("epoch", 0)
    begin, path = max(checkpoints().items(), default=(first, HERE / "model.keras"))
    end = first + args.epochs
    keras.utils.set_random_seed((args.seed + begin) % 2**32)
    model = keras.models.load_model(path)
    for epoch in range(begin, end):
        keras.utils.set_random_seed((args.seed + epoch) % 2**32)  # for dropout
        order = np.arange(len(x)) if args.no_shuffle else np.random.default_rng([args.seed, epoch]).permutation(len(x))
        rows = order[:count]
        take = lambda table: np.asarray(table[rows], dtype=np.float32)
        past = model.fit(take(x), take(y), batch_size=args.batch_size, initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0)
        said = {name: values[-1] for name, values in past.history.items()}
        if not math.isfinite(said["loss"]):
            raise SystemExit(f"the loss of epoch {epoch + 1} is {said['loss']}; nothing was saved. Lower the learning rate")
        checkpoint(model, epoch + 1, own, args.keep)
        print(f"epoch {epoch + 1}/{end}: " + ", ".join(f"{name} {value:.6g}" for name, value in said.items()), flush=True)
    print(f"{max(checkpoints(), default=first)} epochs are done. Back to simdgrad: npx simdgrad handover --back {HERE} -o model.safetensors")


if __name__ == "__main__":
    main()
`;
}
