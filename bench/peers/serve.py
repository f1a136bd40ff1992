"""A contender of the bench in PyTorch: reads commands as JSON lines from standard input, answers on file descriptor 3.

serve.py '{"kind": "prediction" | "training", "depth": 18, "size": 224, "batch": 8, "labels": 80, "dropout": 0.1,
           "threads": 2, "compiled": false, "channelsLast": false}'
With "device", which is what ours computes on there, PyTorch computes on the card, with TF32 if "tf32" is true; each run then takes its pictures
from the host and brings its results there.
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
    device = device_of(setting)
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
    model.to(device)
    if device != "cpu":
        images, targets = images.pin_memory(), targets.pin_memory()

    def there(tensor):
        return tensor.to(device, non_blocking=True)

    if training:
        step = TrainingStep(model, compiled(model, setting, False))
        return norms, lambda: step.run(there(images), there(targets))
    forward = compiled(model, setting, True)

    def predict():
        with torch.inference_mode() if not setting["compiled"] else torch.no_grad():
            return None, forward(there(images)).cpu()

    return norms, predict


def device_of(setting: dict) -> str:
    """float32 is whole on the card unless TF32 is asked for; convolutions are chosen by trying them."""
    if setting.get("device") is None:
        return "cpu"
    torch.backends.cuda.matmul.allow_tf32 = setting.get("tf32", False)
    torch.backends.cudnn.allow_tf32 = setting.get("tf32", False)
    torch.backends.cudnn.benchmark = True
    return "cuda"


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
    where = "" if setting.get("device") is None else f", {torch.cuda.get_device_name()}"
    replies.write(json.dumps({"version": f"PyTorch {torch.__version__}{where}"}) + "\n")
    for line in sys.stdin:
        replies.write(json.dumps(answer(json.loads(line), run, norms)) + "\n")


main()
