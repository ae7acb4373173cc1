"""Vectors without a service: the token vectors that the package `wordllama` ships, averaged over a text."""

from __future__ import annotations

import json
import mmap
import struct
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from tendero.catalog.embedder import Vector
from tendero.platform.deadline import Deadline
from tendero.platform.errors import EmbeddingError, SettingsError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_TENSOR = "embedding.weight"
_DIMENSIONS = 256
# An average over many words says little of each. A product's text begins with name, brand and categories; on
# judged queries its first 300 characters rank better than the whole (nDCG@10 0.55 against 0.53).
_MOST_CHARACTERS = 300
# From so many texts on, loading numpy pays: it then takes a tenth of the time.
_MANY_TEXTS = 20


@dataclass(frozen=True, slots=True)
class _Model:
    """The tokenizer and the file of half-precision rows, one per token, that begin at `start`."""

    tokenizer: Tokenizer
    rows: mmap.mmap
    start: int
    count: int

    def vector(self, ids: Sequence[int]) -> Vector:
        row = struct.Struct(f"<{_DIMENSIONS}e")
        rows = [row.unpack_from(self.rows, self.start + row.size * min(each, self.count - 1)) for each in ids]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        length = sqrt(sum(value * value for value in sums))
        return array("f", (value / length for value in sums))

    def vectors(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        """`vector` of many texts."""
        import numpy

        table = numpy.frombuffer(self.rows, "<f2", self.count * _DIMENSIONS, self.start)
        table = table.reshape(self.count, _DIMENSIONS)
        made = []
        for ids in texts:
            sums = table[numpy.minimum(ids, self.count - 1)].sum(axis=0, dtype=numpy.float32)
            made.append(array("f", (sums / numpy.linalg.norm(sums)).tobytes()))
        return made


class LocalEmbedder:
    """`wordllama-256`: 16 MB, English at heart, no key, no network. Threads may share it.

    Reads the package's two files itself: importing the package takes 180 ms and sets up the root logger;
    this takes 70 ms and gives the same vectors.
    """

    model = "wordllama-256"
    dimensions = _DIMENSIONS
    paid = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: _Model | None = None

    @property
    def ready(self) -> bool:
        return self._model is not None

    def load(self) -> None:
        """Takes about 70 ms, once. Raises SettingsError where the package is not complete."""
        self._loaded()

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        """Raises EmbeddingError for an empty text, SettingsError where the package is not complete."""
        if any(not text.strip() for text in texts):
            raise EmbeddingError("An empty text has no vector.")
        model = self._loaded()
        tokens = model.tokenizer.encode_batch(
            [text[:_MOST_CHARACTERS] for text in texts], add_special_tokens=False
        )
        if len(tokens) >= _MANY_TEXTS:
            return model.vectors([each.ids for each in tokens])
        return [model.vector(each.ids) for each in tokens]

    def _loaded(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _load()
            return self._model


def _load() -> _Model:
    from importlib.util import find_spec

    from tokenizers import Tokenizer

    package = find_spec("wordllama")
    if package is None or package.origin is None:
        raise SettingsError("The local embedder needs the package wordllama: `pip install wordllama`.")
    folder = Path(package.origin).parent
    try:
        with (folder / _WEIGHTS).open("rb") as file:
            rows = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    except OSError as error:
        raise SettingsError(f"wordllama's files are missing in {folder}: install it again.") from error
    # The format "safetensors": the header's length in 8 bytes, a JSON header, then the tensors.
    (length,) = struct.unpack_from("<Q", rows)
    tensor = json.loads(rows[8 : 8 + length])[_TENSOR]
    if tensor["dtype"] != "F16" or tensor["shape"][1] != _DIMENSIONS:
        raise SettingsError(f"wordllama's weights are {tensor['dtype']} {tensor['shape']}, not F16 × 256.")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return _Model(tokenizer, rows, 8 + length + tensor["data_offsets"][0], tensor["shape"][0])
