"""Vectors without a service: the token vectors that the package `wordllama` ships, averaged over a text."""

from __future__ import annotations

import json
import mmap
import struct
import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

from tendero.catalog.embedder import Vector
from tendero.catalog.text import parts_for_embedding
from tendero.platform.deadline import Deadline
from tendero.platform.errors import EmbeddingError, SettingsError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_TENSOR = "embedding.weight"
_DIMENSIONS = 256
# An average over many words says little of each: so a product's name, its labels, and labels together with
# descriptions are averaged apart, and their directions added with these weights. On judged queries, by the
# vectors alone: nDCG@10 0.58, against 0.56 for the first 300 characters of everything.
_WEIGHTS_OF_PARTS = (1.0, 0.5, 0.5)
_MOST_CHARACTERS = 1_000
# From so many tokens on, loading numpy pays: it then takes a tenth of the time.
_MANY_TOKENS = 3_000


@dataclass(frozen=True, slots=True)
class _Model:
    """The tokenizer and the file of half-precision rows, one per token, that begin at `start`."""

    tokenizer: Tokenizer
    rows: mmap.mmap
    start: int
    count: int

    def tokens(self, text: str) -> list[list[int]]:
        """Those of name, labels, and labels with descriptions, of a product's text; of any other, its own."""
        parts = [part[:_MOST_CHARACTERS] for part in parts_for_embedding(text.strip())]
        encoded = self.tokenizer.encode_batch_fast(parts, add_special_tokens=False)
        name, *rest = [each.ids for each in encoded]
        return [name, rest[0], [*chain(*rest)]] if rest else [name]

    def vector(self, parts: Sequence[Sequence[int]]) -> Vector:
        """Of a text whose parts have these tokens; one at least has some."""
        row = struct.Struct(f"<{_DIMENSIONS}e")
        total = [0.0] * _DIMENSIONS
        for weight, ids in _weighted(parts):
            at = (self.start + row.size * min(each, self.count - 1) for each in ids)
            sums = [
                sum(column) for column in zip(*(row.unpack_from(self.rows, each) for each in at), strict=True)
            ]
            scale = weight / hypot(*sums)
            total = [value + scale * part for value, part in zip(total, sums, strict=True)]
        length = hypot(*total)
        return array("f", (value / length for value in total))

    def vectors(self, texts: Sequence[Sequence[Sequence[int]]]) -> list[Vector]:
        """`vector` of many texts."""
        import numpy

        table = numpy.frombuffer(self.rows, "<f2", self.count * _DIMENSIONS, self.start)
        table = table.reshape(self.count, _DIMENSIONS)
        made = []
        for parts in texts:
            total = numpy.zeros(_DIMENSIONS, numpy.float32)
            for weight, ids in _weighted(parts):
                sums = table[numpy.minimum(ids, self.count - 1)].astype(numpy.float32).sum(axis=0)
                total += numpy.float32(weight) / numpy.linalg.norm(sums) * sums
            made.append(array("f", (total / numpy.linalg.norm(total)).tobytes()))
        return made


class LocalEmbedder:
    """`wordllama-256`: 16 MB, English at heart, no key, no network. Threads may share it.

    Reads the package's two files itself: importing the package takes 180 ms and sets up the root logger;
    this takes 70 ms and gives the same vectors; a product's is of its parts, weighted and added.
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
        model = self._loaded()
        tokens = [model.tokens(text) for text in texts]
        if not all(map(any, tokens)):
            raise EmbeddingError("An empty text has no vector.")
        if sum(len(part) for parts in tokens for part in parts) >= _MANY_TOKENS:
            return model.vectors(tokens)
        return [model.vector(parts) for parts in tokens]

    def _loaded(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _load()
            return self._model


def _weighted(parts: Sequence[Sequence[int]]) -> Iterator[tuple[float, Sequence[int]]]:
    return ((weight, ids) for weight, ids in zip(_WEIGHTS_OF_PARTS, parts, strict=False) if ids)


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
