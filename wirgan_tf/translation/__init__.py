"""Files of pictures translated by a model: read, batched by size or cut into tiles, written, compared."""
