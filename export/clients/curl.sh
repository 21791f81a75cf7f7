#!/usr/bin/env bash
# One curl for each thing to ask, to be copied; run as a whole it asks them all and leaves its answers in this folder.
# Images are in [-1, 1]; a seed names an image, truncation in (0, 1] scales its noise. A model with conditions takes them
# in every row, too: CONDITIONS=', "label": 3, "attributes": [1, 0]' bash curl.sh; where classes have names, a class may be
# given by its name in the signatures by_name: BY_NAME=', "label": "cat"' beside it.
set -euo pipefail
MODEL=${MODEL:-http://localhost:8501/v1/models/digits_gp_wirgan_t3}
CONDITIONS=${CONDITIONS:-}
BY_NAME=${BY_NAME:-}

# Which versions are there, and are they loaded?
curl -sS --fail-with-body $MODEL

# What can be asked of it?
curl -sS --fail-with-body $MODEL/metadata --output metadata.json

# What are its classes and attributes called, in the order of their numbers?
for CONDITION in label attributes; do
    if grep -q "\"${CONDITION}_names_rows\"" metadata.json; then
        curl -sS --fail-with-body $MODEL:predict --output "${CONDITION}_names.json" --data '{"signature_name": "'"$CONDITION"'_names_rows", "inputs": {"seed": [0]}}'
    fi
done

# A model that translates pictures is asked for the translation of one: PICTURE=photo.jpg bash curl.sh. Attributes are
# one more input: CONDITIONS=', "attributes": [1, 0]'.
if grep -q '"translate_png_rows"' metadata.json; then
    (printf '{"signature_name": "translate_png_rows", "instances": [{"source_bytes": {"b64": "'; base64 -w 0 "$PICTURE"; printf '"}%s}]}' "$CONDITIONS") | curl -sS --fail-with-body $MODEL:predict --data @- | grep -o '"b64": *"[^"]*"' | cut -d '"' -f 4 | base64 --decode > translation.png
    exit
fi

# Two images, each of its own seed and truncation.
curl -sS --fail-with-body $MODEL:predict --output rows.json --data '{"signature_name": "sample_rows", "instances": [{"seed": 7, "truncation": 1.0'"$CONDITIONS"'}, {"seed": 8, "truncation": 0.7'"$CONDITIONS"'}]}'

if [ -z "$CONDITIONS" ]; then  # in columns, a condition has a list of as many rows

# The same in columns.
curl -sS --fail-with-body $MODEL:predict --output columns.json --data '{"signature_name": "sample_rows", "inputs": {"seed": [7, 8], "truncation": [1.0, 0.7]}}'

# Five images of the seeds 7 to 11 (a server that batches refuses this one: its inputs are no rows).
curl -sS --fail-with-body $MODEL:predict --output sample.json --data '{"signature_name": "sample", "inputs": {"num_samples": 5, "seed": 7, "truncation": 1.0}}'

fi

# One image as a PNG file.
curl -sS --fail-with-body $MODEL:predict --data '{"signature_name": "png_rows", "instances": [{"seed": 7, "truncation": 1.0'"$CONDITIONS"'}]}' | grep -o '"b64": *"[^"]*"' | cut -d '"' -f 4 | base64 --decode > seed_7.png

# The same of a class by its name.
[ -z "$BY_NAME" ] || curl -sS --fail-with-body $MODEL:predict --output by_name.json --data '{"signature_name": "png_by_name_rows", "instances": [{"seed": 7, "truncation": 1.0'"$BY_NAME"'}]}'

# How that image came about: its canvases after each step, as arrays and as PNG files.
curl -sS --fail-with-body $MODEL:predict --output canvases.json --data '{"signature_name": "refine_rows", "instances": [{"seed": 7, "truncation": 1.0'"$CONDITIONS"'}]}'
curl -sS --fail-with-body $MODEL:predict --output canvases_png.json --data '{"signature_name": "refine_png_rows", "instances": [{"seed": 7, "truncation": 1.0'"$CONDITIONS"'}]}'

# The noise behind it, for `serving_default`.
curl -sS --fail-with-body $MODEL:predict --output noise.json --data '{"signature_name": "latents_rows", "inputs": {"seed": [7], "truncation": [1.0]}}'

# The image of noise of one's own: here the noise of seed 7, as it came.
[ -n "$CONDITIONS" ] || sed 's/"outputs"/"inputs"/' noise.json | curl -sS --fail-with-body $MODEL:predict --output image.json --data @-

# The server's counters and latencies, for Prometheus.
curl -sS --fail-with-body ${MODEL%/v1/*}/monitoring/prometheus/metrics --output metrics.txt
