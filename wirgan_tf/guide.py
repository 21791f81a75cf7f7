"""What the program says of itself when it is called without arguments."""

GUIDE = """\
wirgan_tf trains, measures, exports and serves recurrent Wasserstein GANs and the models they are compared with.
Five commands, each of which may also begin with `python -m wirgan_tf`:
  wirgan_tf --model=gp_wirgan --dataset=digits --run_dir=runs/first   train (Ctrl-C saves; the same command goes on)
  wirgan_tf --mode=evaluate --run_dir=runs/first                      measure its samples against real images
  wirgan_tf --mode=sample --run_dir=runs/first --output=samples.png   draw samples from it
  wirgan_tf --mode=serve --run_dir=runs/first                         serve it on this machine, with a page to look at
  wirgan_tf --mode=list                                               list every mode, model, data set and part

--help explains the flags of training, --mode=NAME --help those of another mode, --model=NAME --help a model's defaults.
--flagfile=NAME reads the flags of an experiment, which --mode=list names, or those of a file of yours. The documents
are README.md and docs/: docs/training.md, docs/measuring.md and docs/serving.md explain the work, docs/reference.md
describes every name."""
