"""Serving: an embedded server that speaks TensorFlow Serving's protocol, REST and gRPC, over exported SavedModels.

It needs the extra `serving`: pip install 'wirgan-tf[serving]'.
"""
