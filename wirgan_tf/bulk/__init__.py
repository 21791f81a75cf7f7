"""Work on more images than one process should draw or hold: cut into shards, which any number of workers take up."""
