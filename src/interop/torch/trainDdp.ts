/** The text of `train_ddp.py`. */
import { type Handover, sharedPython } from "../handover.js";

/** The script for a model; `frozen` are numbers of modules whose statistics stay as they are. */
export function trainDdp(
  defaults: Handover["defaults"],
  inputShape: readonly number[],
  frozen: readonly number[],
): string {
  return `"""
Trains the model of model.py in PyTorch, on as many processes and machines as you like:

    torchrun --nproc-per-node=2 --max-restarts=1 train_ddp.py

The same on each of two machines, which both see this folder:

    export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1
    torchrun --nnodes=2 --nproc-per-node=2 --max-restarts=1 --rdzv-backend=c10d --rdzv-endpoint=HOST:29400 train_ddp.py

Each epoch deals the rows as DistributedSampler does: torch.randperm of seed + epoch, every n-th row to a process. A step
takes --batch-size rows in all, whatever the number of processes. If they cannot be shared equally, as often at the end
of an epoch, the processes with fewer rows weigh less: the gradient is that of all rows, none left out and none taken twice.

After each epoch there is a new folder in checkpoints/, which appears at once and whole. A start goes on from the newest one.
"""
import argparse
import math
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors import safe_open
from torch import nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from model import json, load, loss_of, save

HERE = Path(__file__).resolve().parent
CHECKPOINTS = HERE / "checkpoints"
${sharedPython(defaults, inputShape)}


def progress_of(folder):
    """Epochs and steps that the model in a folder has done."""
    with safe_open(folder / "model.safetensors", "pt") as file:
        progress = json.loads(file.metadata()["simdgrad"]).get("progress", {})
    return progress.get("epoch", 0), progress.get("step", 0)


def start():
    """Joins the other processes: torchrun says who they are; without it there is one."""
    has_gpu = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", 0))
    if has_gpu and local >= torch.cuda.device_count():
        raise SystemExit(f"process {local}: there are {torch.cuda.device_count()} GPUs. Use as many processes: --nproc-per-node")
    device = torch.device("cuda", local) if has_gpu else torch.device("cpu")
    if has_gpu:
        torch.cuda.set_device(device)
    backend = "nccl" if has_gpu else "gloo"
    if "RANK" in os.environ:
        store, rank, world = next(rendezvous("env://"))
        if os.environ.get("LOCAL_WORLD_SIZE") == str(world):
            # The store of torchrun outlives a restart: addresses of ended processes are not to be found again.
            store = dist.PrefixStore("start " + os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
        dist.init_process_group(backend, store=store, rank=rank, world_size=world)
    else:
        meeting = Path(tempfile.mkdtemp()) / "meeting"
        dist.init_process_group(backend, init_method=meeting.as_uri(), rank=0, world_size=1)
    return device


def newest(device):
    """The folder to go on from, the same for all processes."""
    own = checkpoints()
    epoch = torch.tensor(max(own, default=-1) if dist.get_rank() == 0 else 0, device=device)
    dist.broadcast(epoch, 0)
    if epoch.item() < 0:
        return HERE
    if epoch.item() not in own:
        raise SystemExit(f"process {dist.get_rank()} does not see the checkpoint of epoch {epoch.item()}: all machines must see {CHECKPOINTS}")
    return own[epoch.item()]


def checkpoint(model, optimizer, epoch, step, keep):
    """Writes a folder under another name, and renames it: a killed process leaves no half of one."""
    CHECKPOINTS.mkdir(exist_ok=True)
    for left in CHECKPOINTS.glob(".epoch-*"):
        shutil.rmtree(left, ignore_errors=True)
    temporary = CHECKPOINTS / f".epoch-{epoch:04d}"
    temporary.mkdir()
    save(model, optimizer, temporary, {"epoch": epoch, "step": step})
    for path in [*temporary.iterdir(), temporary]:
        sync(path)
    temporary.rename(CHECKPOINTS / f"epoch-{epoch:04d}")
    sync(CHECKPOINTS)
    for path in list(checkpoints().values())[:-keep]:
        shutil.rmtree(path, ignore_errors=True)


class Loss(nn.Module):
    """The loss of a batch as a module, so that its penalties and logits see the model itself."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x, y):
        return loss_of(self.model, x, y)


def main():
    args = arguments()
    x, y = rows_of(args.data)
    device = start()
    rank, world = dist.get_rank(), dist.get_world_size()
    first, _ = progress_of(HERE)
    folder = newest(device)
    begin, step = progress_of(folder)
    end = first + args.epochs
    model, optimizer = load(folder, device)
    loss_module = Loss(model)
    parallel = DistributedDataParallel(loss_module, device_ids=[device.index] if device.type == "cuda" else None)
    take = lambda table, rows: torch.from_numpy(np.asarray(table[rows], dtype=np.float32)).to(device)
    for epoch in range(begin, end):
        parallel.train()
${frozen.map((module) => `        model[${module}].eval()  # frozen: it keeps its statistics\n`).join("")}        torch.manual_seed((args.seed + epoch) * world + rank)  # for dropout
        if args.no_shuffle:
            order = np.arange(len(x))
        else:
            order = torch.randperm(len(x), generator=torch.Generator().manual_seed(args.seed + epoch)).numpy()
        total = torch.zeros((), dtype=torch.float64)
        for at in range(0, len(x), args.batch_size):
            batch = order[at : at + args.batch_size]
            own = batch[rank::world]
            weight = len(own) * world / len(batch)
            if len(own) == 0:
                own = batch[:1]  # takes part with weight 0
            optimizer.zero_grad()
            loss = weight * parallel(take(x, own), take(y, own))
            loss.backward()
            optimizer.step()
            total += loss.detach().cpu() * len(batch) / world / len(x)
            step += 1
        total = total.to(device)
        dist.all_reduce(total)
        if not math.isfinite(total.item()):
            raise SystemExit(f"the loss of epoch {epoch + 1} is {total.item()}; nothing was saved. Lower the learning rate")
        if rank == 0:
            checkpoint(model, optimizer, epoch + 1, step, args.keep)
            print(f"epoch {epoch + 1}/{end}: loss {total.item():.6g}", flush=True)
    if rank == 0:
        print(f"{max(checkpoints(), default=first)} epochs are done. Back to simdgrad: npx simdgrad handover --back {HERE} -o model.safetensors")
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
`;
}
