/** The Python file beside the weights: the same model, its optimizer, its loss, and ways to load and save all of them. */
import { addEveryLoss } from "../../specs/losses/every.js";
import { type LossSpec, resolveLoss } from "../../specs/losses/table.js";
import { py, type TorchModule } from "./modules.js";
import type { TorchOptimizer } from "./optimizers.js";

/** Classes that PyTorch does not have, by name. */
const CLASSES: Readonly<Record<string, string>> = {
  Exponential: `class Exponential(nn.Module):
    def forward(self, x):
        return x.exp()`,
  Squareplus: `class Squareplus(nn.Module):
    def __init__(self, b):
        super().__init__()
        self.b = b

    def forward(self, x):
        return (x + (x * x + self.b).sqrt()) / 2`,
  SparsePlus: `class SparsePlus(nn.Module):
    def forward(self, x):
        return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, (x + 1) ** 2 / 4, x))`,
  SparseSigmoid: `class SparseSigmoid(nn.Module):
    def forward(self, x):
        return (0.5 * (x + 1)).clamp(0, 1)`,
  Sparsemax: `class Sparsemax(nn.Module):
    def forward(self, x):
        ordered = x.sort(dim=-1, descending=True).values
        above = ordered.cumsum(-1) - 1
        place = torch.arange(1, x.shape[-1] + 1, device=x.device)
        count = (place * ordered > above).sum(-1, keepdim=True)
        return (x - above.gather(-1, count - 1) / count).clamp(min=0)`,
  Relu: `class Relu(nn.Module):
    def __init__(self, negative_slope, max_value, threshold):
        super().__init__()
        self.negative_slope, self.max_value, self.threshold = negative_slope, max_value, threshold

    def forward(self, x):
        y = torch.where(x > self.threshold, x, self.negative_slope * (x - self.threshold))
        return y if self.max_value is None else y.clamp(max=self.max_value)`,
  Rescaling: `class Rescaling(nn.Module):
    def __init__(self, scale, offset):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x):
        return x * self.scale + self.offset`,
  UnitNormalization: `class UnitNormalization(nn.Module):
    def forward(self, x):
        return x / (x * x).sum(-1, keepdim=True).clamp(min=1e-12).sqrt()`,
  Normalization: `class Normalization(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("variance", torch.ones(features))

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt().clamp(min=1e-7)`,
  KerasAdam: `class KerasAdam(torch.optim.Optimizer):
    """Adam as Keras and simdgrad have it: epsilon is added before the bias is corrected."""

    def __init__(self, parameters, lr, betas, eps, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state.update(step=torch.tensor(0.0), exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
                state["step"] += 1
                t = float(state["step"])
                p.mul_(1 - group["lr"] * group["weight_decay"])
                m = state["exp_avg"].lerp_(p.grad, 1 - beta1)
                v = state["exp_avg_sq"].mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                rate = group["lr"] * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
                p.addcdiv_(m, v.sqrt().add_(group["eps"]), value=-rate)`,
};

/** The parts of the file that depend on the model. */
export interface PythonParts {
  readonly modules: readonly TorchModule[];
  /** `null` if the model is not compiled, or PyTorch would take other steps. */
  readonly optimizer: TorchOptimizer | null;
  /** Lines of a function that computes the loss of a batch; `null` without one. */
  readonly loss: string | null;
  /** Lines that add the penalties of weights to it. */
  readonly penalties: readonly string[];
}

/** The text of `model.py`. */
export function pythonFile({ modules, optimizer, loss, penalties }: PythonParts): string {
  const needed = new Set([...modules.map(({ needs }) => needs), optimizer?.needs]);
  const classes = Object.entries(CLASSES).filter(([name]) => needed.has(name));
  const frozen = modules.flatMap(({ weights }, i) =>
    weights.filter(({ isParameter, isTrained }) => isParameter && !isTrained).map(({ name }) => `"${i}.${name}"`),
  );
  return [
    '"""A model of simdgrad in PyTorch. Needs torch and safetensors; its weights are in model.safetensors."""',
    "import json",
    "from pathlib import Path",
    "",
    "import torch",
    "from safetensors import safe_open",
    "from safetensors.torch import load_file, save_file",
    "from torch import nn",
    ...(loss ? ["from torch.nn import functional as F"] : []),
    ...classes.flatMap(([, text]) => ["", "", text]),
    "",
    "",
    "def make_model():",
    "    model = nn.Sequential(",
    ...modules.map(({ code, layer }) => `        ${code},  # ${layer}`),
    "    )",
    ...(frozen.length > 0
      ? [`    for name in [${frozen.join(", ")}]:`, "        model.get_parameter(name).requires_grad_(False)"]
      : []),
    "    return model",
    ...(optimizer ? ["", "", "def make_optimizer(model):", ...optimizerLines(optimizer)] : []),
    ...(loss
      ? [
          "",
          "",
          "def loss_of(model, x, y):",
          '    """The mean loss of a batch, penalties of weights included."""',
          loss,
          ...penalties,
          "    return loss",
        ]
      : []),
    "",
    "",
    LOAD_AND_SAVE(optimizer !== null),
  ].join("\n");
}

function optimizerLines({ code }: TorchOptimizer): string[] {
  return ["    parameters = [p for p in model.parameters() if p.requires_grad]", `    return ${code}`];
}

const LOAD_AND_SAVE = (hasOptimizer: boolean): string => `def load(folder=".", device="cpu"):
    """The model with its weights${hasOptimizer ? ", and the optimizer with its memory" : ""}."""
    model = make_model()
    model.load_state_dict(load_file(Path(folder) / "model.safetensors"))
    model.to(device)
${
  hasOptimizer
    ? `    optimizer = make_optimizer(model)
    path = Path(folder) / "optimizer.safetensors"
    memory = load_file(path) if path.exists() else {}
    for name, parameter in model.named_parameters():
        own = {key[len(name) + 1 :]: value for key, value in memory.items() if key.startswith(name + ".")}
        if own:
            # Single numbers, such as the count of steps, stay where PyTorch keeps them.
            optimizer.state[parameter] = {key: value.to(device) if value.dim() else value for key, value in own.items()}
    return model, optimizer
`
    : "    return model\n"
}

def save(model, ${hasOptimizer ? "optimizer, " : ""}folder=".", progress=None):
    """
    Writes the files that simdgrad reads, over those that it wrote, or into another folder. progress: epochs and steps done,
    {"epoch": 3, "step": 120}.
    """
    folder = Path(folder)
    own = folder / "model.safetensors"
    with safe_open(own if own.exists() else Path(__file__).parent / "model.safetensors", "pt") as file:
        metadata = file.metadata()
    if progress is not None:
        description = json.loads(metadata["simdgrad"])
        description["progress"] = {**description.get("progress", {}), **progress}
        metadata["simdgrad"] = json.dumps(description)
    state = {name: value.cpu().contiguous() for name, value in model.state_dict().items()}
    save_file(state, own, metadata=metadata)
${
  hasOptimizer
    ? `    memory = {}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            if value is not None:
                memory[f"{name}.{key}"] = value.cpu().contiguous()
    save_file(memory, folder / "optimizer.safetensors")
`
    : ""
}`;

/** Lines of `loss_of`, from logits if the last module is the activation of the loss; `null` if PyTorch lacks the loss. */
export function lossCode(loss: LossSpec, modules: readonly TorchModule[]): string | null {
  const { type, fromLogits, delta } = loss;
  addEveryLoss();
  const plain = resolveLoss("torch", {
    type,
    ...(fromLogits && { fromLogits }),
    ...(delta !== undefined && { delta }),
  });
  if (JSON.stringify(plain) !== JSON.stringify(loss)) return null;
  const last = modules[modules.length - 1]?.code;
  const logits = (ending: string) => (fromLogits ? "model(x)" : last === ending ? "model[:-1](x)" : null);
  const compute = (predictions: string | null, call: string) =>
    predictions && `    z = ${predictions}\n    loss = F.${call}`;
  switch (type) {
    case "meanSquaredError":
      return compute("model(x)", "mse_loss(z, y.reshape(z.shape))");
    case "meanAbsoluteError":
      return compute("model(x)", "l1_loss(z, y.reshape(z.shape))");
    case "huber":
      return compute("model(x)", `huber_loss(z, y.reshape(z.shape), delta=${py(delta ?? 1)})`);
    case "binaryCrossentropy":
      return compute(logits("nn.Sigmoid()"), "binary_cross_entropy_with_logits(z, y.reshape(z.shape).to(z.dtype))");
    case "sparseCategoricalCrossentropy":
      return compute(logits("nn.Softmax(dim=-1)"), "cross_entropy(z, y.reshape(-1).long())");
    case "categoricalCrossentropy":
      return compute(logits("nn.Softmax(dim=-1)"), "cross_entropy(z, y.to(z.dtype))");
    default:
      return null;
  }
}
