"""Small data for each architecture: a network is added to the tests by its row here."""

SHAPES = {"convolutional": (8, 8, 1), "mlp": (2,), "dcgan": (28, 28, 1), "ebgan": (28, 28, 1), "began": (32, 32, 1),
          "began_skip": (32, 32, 1), "resnet": (28, 28, 1), "mlp_autoencoder": (2,), "draw": (8, 8, 1)}
RECURRENT = ("convolutional", "mlp", "mlp_autoencoder", "resnet")  # those whose generators have an encoder
