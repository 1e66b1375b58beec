/** The other side of the JSON: two functions in Python, to be saved as a file beside the program that imports them. */

/**
 * A Python module with `to_json(estimator, scaler=None)`, whose text `readSklearn` reads, and `from_json(text)`, which
 * returns the estimator and the scaler (or `None`) of what `writeSklearn` wrote. For scikit-learn 1.2 and newer.
 */
export const sklearnCode = `"""scikit-learn's multilayer perceptrons as JSON, for simdgrad and back."""
import json

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer
from sklearn.preprocessing import LabelBinarizer, StandardScaler

ATTRIBUTES = [
    "n_features_in_", "feature_names_in_", "n_outputs_", "n_layers_", "out_activation_", "classes_",
    "coefs_", "intercepts_", "t_", "n_iter_", "loss_curve_", "best_loss_", "_no_improvement_count",
]


def plain(value):
    """Numpy's values as JSON has them."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def finite(value):
    """None instead of infinity and NaN, which JSON does not have."""
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value


def to_json(estimator, scaler=None):
    """A fitted MLPClassifier or MLPRegressor, and the StandardScaler before it, as JSON."""
    result = {"estimator": type(estimator).__name__, "sklearn": sklearn.__version__}
    result["params"] = plain(estimator.get_params())
    for name in ATTRIBUTES:
        if hasattr(estimator, name):
            result[name] = plain(getattr(estimator, name))
    optimizer = getattr(estimator, "_optimizer", None)
    names = ["t", "ms", "vs"] if isinstance(optimizer, AdamOptimizer) else ["velocities", "learning_rate"]
    result["optimizer"] = optimizer and {name: plain(getattr(optimizer, name)) for name in names}
    # A scaler knows the means that with_mean=False leaves in the rows.
    mean = scaler.mean_ if scaler and scaler.with_mean else None
    result["scaler"] = scaler and {"mean_": plain(mean), "scale_": plain(scaler.scale_)}
    return json.dumps(finite(result))


def from_json(text):
    """The estimator and the scaler in a JSON text. \`partial_fit\`, or \`fit\` with warm_start, trains it on."""
    data = json.loads(text)
    kind = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[data["estimator"]]
    estimator = kind(warm_start=True).set_params(**data["params"])
    estimator.coefs_ = [np.array(rows, dtype=float) for rows in data["coefs_"]]
    estimator.intercepts_ = [np.array(row, dtype=float) for row in data["intercepts_"]]
    for name in ["n_features_in_", "n_outputs_", "n_layers_", "out_activation_", "n_iter_"]:
        setattr(estimator, name, data[name])
    if "feature_names_in_" in data:
        estimator.feature_names_in_ = np.array(data["feature_names_in_"], dtype=object)
    estimator.t_ = data.get("t_", 0)
    estimator.loss_curve_ = data.get("loss_curve_") or []
    estimator.validation_scores_ = estimator.best_validation_score_ = None
    estimator.best_loss_ = data.get("best_loss_") or np.inf
    estimator.loss_ = estimator.best_loss_
    estimator._no_improvement_count = data.get("_no_improvement_count", 0)
    estimator._random_state = np.random.mtrand._rand
    if "classes_" in data:
        estimator.classes_ = np.array(data["classes_"])
        estimator._label_binarizer = LabelBinarizer()
        multilabel = data["out_activation_"] == "logistic" and data["n_outputs_"] > 1
        estimator._label_binarizer.fit(np.eye(data["n_outputs_"], dtype=int) if multilabel else estimator.classes_)
    memory = data.get("optimizer")
    if memory:
        estimator._optimizer = optimizer_of(estimator, memory)
    scaler = None
    if data.get("scaler"):
        scaler = StandardScaler()
        scaler.mean_ = np.array(data["scaler"]["mean_"])
        scaler.scale_ = np.array(data["scaler"]["scale_"])
        scaler.var_ = scaler.scale_**2
        scaler.n_features_in_ = len(scaler.mean_)
        scaler.n_samples_seen_ = 1
    return estimator, scaler


def optimizer_of(estimator, memory):
    """The solver in the middle of its run: it moves the estimator's own weights."""
    params = estimator.coefs_ + estimator.intercepts_
    rate = estimator.learning_rate_init
    if estimator.solver == "adam":
        optimizer = AdamOptimizer(params, rate, estimator.beta_1, estimator.beta_2, estimator.epsilon)
        optimizer.t = memory["t"]
        optimizer.ms = [np.array(values) for values in memory["ms"]]
        optimizer.vs = [np.array(values) for values in memory["vs"]]
    else:
        optimizer = SGDOptimizer(
            params, rate, estimator.learning_rate, estimator.momentum, estimator.nesterovs_momentum, estimator.power_t
        )
        optimizer.velocities = [np.array(values) for values in memory["velocities"]]
    return optimizer
`;
