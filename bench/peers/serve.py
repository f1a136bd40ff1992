"""A contender of the bench in PyTorch: reads commands as JSON lines from standard input, answers on file descriptor 3.

serve.py '{"kind": "prediction" | "training", "depth": 18, "size": 224, "batch": 8, "labels": 80, "dropout": 0.1,
           "threads": 2, "compiled": false, "channelsLast": false}'
"""

import json
import os
import sys
import time

import torch

import formula
from query2label import Query2Label
from training import TrainingStep


def prepare(setting: dict):
    """Returns the norms of all parameters, and a function that runs once and returns loss and logits."""
    torch.set_num_threads(setting["threads"])
    torch.set_flush_denormal(True)
    training = setting["kind"] == "training"
    model = Query2Label(setting["depth"], setting["size"], setting["labels"], setting["dropout"])
    with torch.no_grad():
        norms = formula.fill(model)
    images = formula.images("bench", setting["batch"], setting["size"])
    targets = formula.targets("bench", setting["batch"], setting["labels"])
    if setting["channelsLast"]:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    model.train(training)
    if training:
        step = TrainingStep(model, compiled(model, setting, False))
        return norms, lambda: step.run(images, targets)
    forward = compiled(model, setting, True)

    def predict():
        with torch.inference_mode() if not setting["compiled"] else torch.no_grad():
            return None, forward(images)

    return norms, predict


def compiled(model, setting: dict, freezing: bool):
    if not setting["compiled"]:
        return model
    import torch._inductor.config as inductor

    # Weights as constants, packed and joined with the normalisation once: inductor's fastest for prediction.
    inductor.freezing = freezing
    return torch.compile(model)


def peak_mebibytes() -> float:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def forget_peak() -> None:
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def answer(command: dict, run, norms: dict) -> dict:
    name = command["command"]
    if name == "check":
        losses, logits = [], None
        for _ in range(command["times"]):
            loss, latest = run()
            losses.append(loss)
            logits = latest if logits is None else logits
        return {"losses": losses, "logits": logits.flatten().tolist(), "norms": norms}
    if name == "run":
        times, processor = [], []
        for _ in range(command["times"]):
            start, busy = time.perf_counter(), time.process_time()
            run()
            times.append((time.perf_counter() - start) * 1000)
            processor.append((time.process_time() - busy) * 1000)
        return {"milliseconds": times, "processorMilliseconds": processor}
    if name == "forget-peak":
        forget_peak()
        return {}
    if name == "peak":
        return {"mebibytes": peak_mebibytes()}
    raise SystemExit(f"unknown command {name}")


def main() -> None:
    replies = os.fdopen(3, "w", buffering=1)
    setting = json.loads(sys.argv[1])
    norms, run = prepare(setting)
    replies.write(json.dumps({"version": f"PyTorch {torch.__version__}"}) + "\n")
    for line in sys.stdin:
        replies.write(json.dumps(answer(json.loads(line), run, norms)) + "\n")


main()
