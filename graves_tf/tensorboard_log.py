"""A training run's curves and pictures for TensorBoard."""

import time

from PIL import Image


class TensorBoardLog:
    """Writes event files, without TensorFlow.

    Args:
        path: a `pathlib.Path`, the folder of the event files.
        pictures: a `pathlib.Path`, the folder of a run's pictures,
            `NAME-NNNNNN.png` after so many updates.
    """

    def __init__(self, path, pictures):
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.pictures = pictures
        self._writer = EventFileWriter(str(path))

    def add_scalars(self, row, updates):
        """Adds a dict of numbers."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._add(
            [Summary.Value(tag=k, simple_value=v) for k, v in row.items()],
            updates,
        )

    def add_pictures(self, updates):
        """Adds the pictures that were drawn after so many updates."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = []
        ending = f"-{updates:06d}.png"
        for path in sorted(self.pictures.glob(f"*{ending}")):
            with Image.open(path) as picture:
                width, height = picture.size
            image = Summary.Image(
                width=width,
                height=height,
                encoded_image_string=path.read_bytes(),
            )
            name = path.name.removesuffix(ending)
            values.append(Summary.Value(tag=name, image=image))
        self._add(values, updates)

    def _add(self, values, updates):
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._writer.add_event(
            Event(
                wall_time=time.time(),
                step=updates,
                summary=Summary(value=values),
            )
        )
        self._writer.flush()
