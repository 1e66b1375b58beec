"""NumPy on one thread: forward, backward and optimizer written out."""
import numpy as np
from protocol import batches, serve

random = np.random.default_rng(1)


class Net:
    version = np.__version__
    note = "written out by hand"

    def __init__(self, spec):
        self.spec = spec
        self.params = [weight.copy() for weight in spec["weights"]]
        self.m = [np.zeros_like(param) for param in self.params]
        self.v = [np.zeros_like(param) for param in self.params]
        self.step = 0

    def forward(self, x):
        """Outputs of every layer, the input first."""
        outputs, layers = [x], len(self.params) // 2
        for i in range(layers):
            z = outputs[-1] @ self.params[2 * i]
            z += self.params[2 * i + 1]
            if i < layers - 1:
                z = np.maximum(z, 0, out=z) if self.spec["hidden"] == "relu" else 1 / (1 + np.exp(-z))
            elif self.spec["output"] == "softmax":
                z -= z.max(axis=1, keepdims=True)
                np.exp(z, out=z)
                z /= z.sum(axis=1, keepdims=True)
            outputs.append(z)
        return outputs

    def train(self, steps):
        for index in batches(self.spec, steps, random.permutation):
            x, y = (self.spec["x"], self.spec["y"]) if index is None else (self.spec["x"][index], self.spec["y"][index])
            self.update(self.gradients(x, y))

    def gradients(self, x, y):
        outputs = self.forward(x)
        if self.spec["output"] == "softmax":
            dz = outputs[-1].copy()
            dz[np.arange(len(y)), y] -= 1
            dz /= np.float32(len(y))
        else:
            dz = (outputs[-1] - y) * np.float32(2 / y.size)
        grads = [None] * len(self.params)
        for i in reversed(range(len(self.params) // 2)):
            h = outputs[i]
            grads[2 * i], grads[2 * i + 1] = h.T @ dz, dz.sum(axis=0)
            if i > 0:
                dz = dz @ self.params[2 * i].T
                dz *= h > 0 if self.spec["hidden"] == "relu" else h * (1 - h)
        return grads

    def update(self, grads):
        self.step += 1
        rate = self.spec["optimizer"]["learningRate"]
        if self.spec["optimizer"]["type"] == "sgd":
            for param, grad in zip(self.params, grads):
                param -= np.float32(rate) * grad
            return
        alpha = np.float32(rate * np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step))
        for param, grad, m, v in zip(self.params, grads, self.m, self.v):
            m += (grad - m) * np.float32(0.1)
            v += (grad * grad - v) * np.float32(0.001)
            param -= alpha * m / (np.sqrt(v) + np.float32(1e-7))

    def predict(self, x):
        return self.forward(x)[-1]


serve(Net)
