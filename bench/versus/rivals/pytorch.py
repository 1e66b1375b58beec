"""PyTorch on one thread, eager, as its tutorials write a training loop; batches are gathered by index."""
import torch
from protocol import batches, serve

torch.set_num_threads(1)
torch.manual_seed(1)


class Net:
    version = torch.__version__
    note = ""

    def __init__(self, spec):
        self.spec = spec
        modules = []
        sizes, last = spec["sizes"], len(spec["sizes"]) - 2
        for i, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
            layer = torch.nn.Linear(inputs, units)
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(spec["weights"][2 * i].T.copy()))
                layer.bias.copy_(torch.from_numpy(spec["weights"][2 * i + 1].copy()))
            modules.append(layer)
            if i < last:
                modules.append(torch.nn.ReLU() if spec["hidden"] == "relu" else torch.nn.Sigmoid())
        self.model = torch.nn.Sequential(*modules)
        rate = spec["optimizer"]["learningRate"]
        optimizer = torch.optim.Adam if spec["optimizer"]["type"] == "adam" else torch.optim.SGD
        # One call for all weights, which users must ask for.
        fused = {"fused": True} if spec.get("fused") else {}
        self.optimizer = optimizer(self.model.parameters(), lr=rate, **fused)
        self.loss = torch.nn.CrossEntropyLoss() if spec["output"] == "softmax" else torch.nn.MSELoss()
        self.x, self.y = torch.from_numpy(spec["x"]), torch.from_numpy(spec["y"])

    def train(self, steps):
        for index in batches(self.spec, steps, torch.randperm):
            x, y = (self.x, self.y) if index is None else (self.x[index], self.y[index])
            self.optimizer.zero_grad()
            self.loss(self.model(x), y).backward()
            self.optimizer.step()

    def predict(self, x):
        with torch.inference_mode():
            z = self.model(torch.from_numpy(x))
            return (torch.softmax(z, dim=1) if self.spec["output"] == "softmax" else z).numpy()


serve(Net)
