"""Metrics, read by the parser of Prometheus's official Python client."""

from prometheus_client.parser import text_string_to_metric_families

from wirgan_tf.serving.metrics import Metrics


def samples(text):
    """Values by name and labels; without the `_total` that the parser puts after counters' names."""
    return {(sample.name.removesuffix("_total"), tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def test_counters_and_histograms():
    metrics = Metrics()
    for status in ("OK", "OK", "NOT_FOUND"):
        metrics.requests.add('m"\\\n', status)
    for value in (15.0, 18.0, 1e12):  # the bounds are 10, 18, 32.4, ...
        metrics.request_latency.observe("m", "Predict", "REST", value=value)
    found = samples(metrics.text())
    assert '\n:tensorflow:serving:request_count{model_name="m\\"\\\\\\n",status="OK"} 2\n' in metrics.text()
    name = ("model_name", 'm"\\\n')
    assert found[":tensorflow:serving:request_count", (name, ("status", "OK"))] == 2
    assert found[":tensorflow:serving:request_count", (name, ("status", "NOT_FOUND"))] == 1
    labels = (("API", "Predict"), ("entrypoint", "REST"))
    buckets = {dict(key[1])["le"]: value for key, value in found.items() if key[0].endswith("request_latency_bucket")}
    assert (buckets["10"], buckets["18"], buckets["32.4"], buckets["+Inf"]) == (0, 2, 2, 3)
    assert len(buckets) == 34
    assert found[":tensorflow:serving:request_latency_count", (*labels, ("model_name", "m"))] == 3
    assert found[":tensorflow:serving:request_latency_sum", (*labels, ("model_name", "m"))] == 1e12 + 33


def test_the_page_counts_requests_and_rows(start, generators):
    server = start(generators, model_name="digits", padded_rows=(4, 64))
    rows = {"signature_name": "sample_rows", "inputs": {"seed": [1, 2, 3], "truncation": [1.0] * 3}}
    assert server.post("/v1/models/digits:predict", rows).status_code == 200
    assert server.post("/v1/models/digits:predict", {"signature_name": "none", "inputs": []}).status_code == 400
    assert server.post("/v1/models/made_up:predict", rows).status_code == 404
    response = server.get("/monitoring/prometheus/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    found, prefix = samples(response.text), ":tensorflow:serving:"
    requests = {key[1]: value for key, value in found.items() if key[0] == f"{prefix}request_count"}
    assert requests == {(("model_name", "digits"), ("status", "OK")): 1,
                        (("model_name", "digits"), ("status", "INVALID_ARGUMENT")): 1,
                        (("model_name", ""), ("status", "NOT_FOUND")): 1}
    digits = (("model_name", "digits"),)
    assert found[f"{prefix}batching_session:input_batch_size_sum", digits] == 3
    assert found[f"{prefix}batching_session:processed_batch_size_sum", digits] == 4
    assert found[f"{prefix}batching_session:padding_size_sum", digits] == 1
    assert found[f"{prefix}runtime_latency_count", (("API", "Predict"), *digits, ("runtime", "TF1"))] == 1
