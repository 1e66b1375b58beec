"""scikit-learn: a table from its CSV file to a trained network and to probabilities. Argument: the spec as JSON."""
import json
import sys
import time
import warnings

import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")  # that the epochs end before the loss rests
spec = json.loads(sys.argv[1])

start = time.perf_counter()
table = pd.read_csv(spec["train"])
numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
columns = ColumnTransformer([("numbers", numbers, ["a", "b", "noise"]), ("categories", OneHotEncoder(), ["kind"])])
network = MLPClassifier(spec["hidden"], max_iter=spec["epochs"], random_state=1)
model = make_pipeline(columns, network).fit(table.drop(columns="inside"), table["inside"])
trained = time.perf_counter() - start

test = pd.read_csv(spec["test"])
rows = test.drop(columns="inside")
model.predict_proba(rows)
start = time.perf_counter()
probabilities = model.predict_proba(rows)[:, 1]
predicted = time.perf_counter() - start
score = roc_auc_score(test["inside"] == "out", probabilities)
print(json.dumps({"version": sklearn.__version__, "train": trained, "predict": predicted, "rocAuc": score}))
