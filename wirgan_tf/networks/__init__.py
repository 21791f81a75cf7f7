"""Architectures, one file each: settings, and the generator, critic or encoder that they build."""

from wirgan_tf.networks.began import Began
from wirgan_tf.networks.began_skip import BeganSkip
from wirgan_tf.networks.convolutional import Convolutional
from wirgan_tf.networks.dcgan import Dcgan
from wirgan_tf.networks.draw import DrawNetwork
from wirgan_tf.networks.ebgan import Ebgan
from wirgan_tf.networks.gran import GranNetwork
from wirgan_tf.networks.infogan import InfoGanNetwork
from wirgan_tf.networks.mlp import Mlp
from wirgan_tf.networks.mlp_autoencoder import MlpAutoencoder
from wirgan_tf.networks.network import (
    AutoencoderNetwork,
    BatchNormalized,
    ConditionalNetwork,
    CriticNetwork,
    EncoderNetwork,
    LatentNetwork,
    Network,
    NormalizedCritic,
)
from wirgan_tf.networks.residual_translator import ResnetTranslator
from wirgan_tf.networks.resnet import Resnet
from wirgan_tf.networks.stackgan import StackGanNetwork
from wirgan_tf.networks.stargan import Stargan
from wirgan_tf.networks.translation import TranslationNetwork
from wirgan_tf.networks.unet import UNet
from wirgan_tf.parts import PartRegistry

NETWORKS: PartRegistry[type[Network]] = PartRegistry("network", {
    "convolutional": Convolutional,
    "mlp": Mlp,
    "mlp_autoencoder": MlpAutoencoder,
    "dcgan": Dcgan,
    "ebgan": Ebgan,
    "began": Began,
    "began_skip": BeganSkip,
    "resnet": Resnet,
    "draw": DrawNetwork,
    "gran": GranNetwork,
    "infogan": InfoGanNetwork,
    "stackgan": StackGanNetwork,
    "unet": UNet,
    "resnet_translator": ResnetTranslator,
    "stargan": Stargan,
})

__all__ = ["NETWORKS", "AutoencoderNetwork", "BatchNormalized", "ConditionalNetwork", "CriticNetwork",
           "EncoderNetwork", "LatentNetwork", "Network", "NormalizedCritic", "TranslationNetwork"]
